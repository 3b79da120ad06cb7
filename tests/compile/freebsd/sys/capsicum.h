/* As capsicum(4) and cap_enter(2) have it. */
int cap_enter(void);
