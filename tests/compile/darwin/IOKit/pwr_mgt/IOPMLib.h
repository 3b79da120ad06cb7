#ifndef COMPILE_IOPMLIB_H
#define COMPILE_IOPMLIB_H

#include <IOKit/IOKitLib.h>
#include <stdint.h>

io_connect_t IORegisterForSystemPower(
    void *, IONotificationPortRef *, IOServiceInterestCallback, io_object_t *);
int IOAllowPowerChange(io_connect_t, intptr_t);

#endif
