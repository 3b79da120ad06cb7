#ifndef COMPILE_MACH_TIME_H
#define COMPILE_MACH_TIME_H

#include <stdint.h>

struct mach_timebase_info {
	uint32_t numer, denom;
};
typedef struct mach_timebase_info mach_timebase_info_data_t;

uint64_t mach_absolute_time(void);
int mach_timebase_info(struct mach_timebase_info *);

#endif
