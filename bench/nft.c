/*
 * The same rules through nft(8), which only checks them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/compile.h"
#include "bench/host.h"
#include "bench/pipeline.h"

#define NFT_SHARE 0.1 /* of its time, that compiling may take */

/* In a network of its own: not even the check looks at this host's rules. */
static void
exec_nft(const char *path, bool user)
{
	int nowhere = open("/dev/null", O_WRONLY);

	if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 ||
	    dup2(nowhere, STDERR_FILENO) < 0)
		_exit(127);
	execlp("unshare", "unshare", user ? "-Urn" : "-n", "nft", "-c", "-f",
	    path, (char *)NULL);
	_exit(127);
}

/* Processor time of all children so far, as the stages are measured. */
static double
children_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return ((double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec) *
	    1e3 +
	    ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) /
	    1e3;
}

static bool
run_nft(const char *path, bool user, double *ms)
{
	double start = children_ms();
	int status;
	pid_t pid = fork();

	if (pid == 0)
		exec_nft(path, user);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	*ms = children_ms() - start;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* What stands against it: all stages but the proof, and with it. */
static void
add_ratios(struct metrics *metrics, size_t n, double ms)
{
	char name[64];
	double ours, proof;

	snprintf(name, sizeof(name), "compile/pairs/%zu/total", n);
	ours = metric_get(metrics, name);
	snprintf(name, sizeof(name), "compile/pairs/%zu/prove", n);
	proof = metric_get(metrics, name);
	if (ours >= 0)
		metric_add(metrics, ours / ms, METRIC_RATIO, NFT_SHARE,
		    "against-nft/%zu/compile", n);
	if (ours >= 0 && proof >= 0)
		metric_add(metrics, (ours + proof) / ms, METRIC_RATIO, 1,
		    "against-nft/%zu/with-proof", n);
}

void
compile_compare_nft(struct metrics *metrics, size_t n, const char *folder)
{
	char path[256];
	FILE *out;
	double ms;

	snprintf(path, sizeof(path), "%s/pairs-%zu.nft", folder, n);
	out = fopen(path, "w");
	if (out == NULL)
		bench_die(path);
	generate_nft(out, n, 1);
	fclose(out);
	if (run_nft(path, false, &ms) || run_nft(path, true, &ms)) {
		metric_add(metrics, ms, METRIC_MS, 0, "nft/%zu/check", n);
		add_ratios(metrics, n, ms);
	} else {
		fputs("bench: no nft here that checks rules\n", stderr);
	}
	remove(path);
}
