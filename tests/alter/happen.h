/*
 * Which packets a host can see at all.
 */
#ifndef ALTER_HAPPEN_H
#define ALTER_HAPPEN_H

#include "eval/scene.h"

/*
 * Nothing goes round by the loopback card, and nothing there is a stranger's;
 * whether fragments wait there is no matter, for the whole passes in the end;
 * this host sends from its own addresses; what is for the link, for groups or
 * for everybody is not forwarded (RFC 1812, 5.2.7 and 5.3.4; RFC 4291, 2.5.6).
 */
bool can_happen(const struct scene *scene, const struct ipfw_packet *packet);

#endif
