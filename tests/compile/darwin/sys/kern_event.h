#ifndef COMPILE_SYS_KERN_EVENT_H
#define COMPILE_SYS_KERN_EVENT_H

#include <stdint.h>

#define SYSPROTO_EVENT 1
#define KEV_ANY_CLASS 0
#define KEV_ANY_SUBCLASS 0
#define KEV_VENDOR_APPLE 1
#define SIOCSKEVFILT 0x800c6502ul

struct kern_event_msg {
	uint32_t total_size;
	uint32_t vendor_code;
	uint32_t kev_class;
	uint32_t kev_subclass;
	uint32_t id;
	uint32_t event_code;
	uint32_t event_data[1];
};

struct kev_request {
	uint32_t vendor_code;
	uint32_t kev_class;
	uint32_t kev_subclass;
};

#endif
