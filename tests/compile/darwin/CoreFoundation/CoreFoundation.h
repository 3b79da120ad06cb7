#ifndef COMPILE_COREFOUNDATION_H
#define COMPILE_COREFOUNDATION_H

typedef struct __CFRunLoop *CFRunLoopRef;
typedef struct __CFRunLoopSource *CFRunLoopSourceRef;
typedef const struct __CFString *CFStringRef;

extern const CFStringRef kCFRunLoopCommonModes;

CFRunLoopRef CFRunLoopGetCurrent(void);
void CFRunLoopAddSource(CFRunLoopRef, CFRunLoopSourceRef, CFStringRef);
void CFRunLoopRun(void);

#endif
