/*
 * An environment as the kernel hands it out.
 */
#include <string.h>

#include "runtime/apply/login_system.h"

bool
login_environment_find(const char *environment, size_t size, const char *name,
    char text[LOGIN_TEXT_SIZE])
{
	size_t length = strlen(name);

	while (size > 0) {
		size_t n = strnlen(environment, size);

		if (n > length && n - length <= LOGIN_TEXT_SIZE &&
		    strncmp(environment, name, length) == 0 &&
		    environment[length] == '=') {
			memcpy(text, environment + length + 1, n - length - 1);
			text[n - length - 1] = '\0';
			return true;
		}
		n += n < size;
		environment += n;
		size -= n;
	}
	return false;
}
