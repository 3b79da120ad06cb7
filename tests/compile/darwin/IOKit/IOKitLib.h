#ifndef COMPILE_IOKITLIB_H
#define COMPILE_IOKITLIB_H

#include <CoreFoundation/CoreFoundation.h>
#include <stdint.h>

typedef unsigned natural_t;
typedef natural_t mach_port_t;
typedef mach_port_t io_object_t, io_connect_t, io_service_t;
typedef struct IONotificationPort *IONotificationPortRef;
typedef void (*IOServiceInterestCallback)(
    void *, io_service_t, uint32_t, void *);

#define MACH_PORT_NULL 0

CFRunLoopSourceRef IONotificationPortGetRunLoopSource(IONotificationPortRef);

#endif
