/* socket(2) of the BSDs, as far as the runtime uses it. */
#ifndef COMPILE_SYS_SOCKET_H
#define COMPILE_SYS_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

typedef unsigned char sa_family_t;
typedef unsigned socklen_t;

struct sockaddr {
	unsigned char sa_len;
	sa_family_t sa_family;
	char sa_data[14];
};

#define AF_UNIX 1
#define AF_INET 2
#define AF_ROUTE 17
#define AF_SYSTEM 32
#define PF_ROUTE AF_ROUTE
#define PF_SYSTEM AF_SYSTEM
#define SOCK_STREAM 1
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#ifdef COMPILE_DARWIN
#define AF_INET6 30
#else
#define AF_INET6 28
#endif

int socket(int, int, int);
int connect(int, const struct sockaddr *, socklen_t);
ssize_t recv(int, void *, size_t, int);
int getpeereid(int, uid_t *, gid_t *);

#endif
