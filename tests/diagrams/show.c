/*
 * Read formulas from standard input, one a line, and print what a library makes
 * of each: the number of assignments that make it true, the number of nodes,
 * and, for each assignment that is asked for, the value there and the true
 * assignment that bdd_satisfy() would find from there.
 *
 * A formula is words in postfix order, as formulas.awk writes them: the number
 * of a variable; ! & | ^ - and ? (if, then, else) over what stands before;
 * "+N", the union of the last N; "=" for the two numbers; "@BITS" for an
 * assignment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

#define STACK 1024
#define LINE 65536

struct machine {
	struct library *library;
	diagram stack[STACK];
	size_t n;
};

static bool
push(struct machine *machine, diagram function)
{
	if (machine->n == STACK)
		return false;
	machine->stack[machine->n++] = function;
	return true;
}

/* Take N diagrams off the stack; NULL if there are fewer. */
static const diagram *
pop(struct machine *machine, size_t n)
{
	if (machine->n < n)
		return NULL;
	machine->n -= n;
	return &machine->stack[machine->n];
}

static bool
unite(struct machine *machine, const char *word)
{
	size_t n = strtoul(word + 1, NULL, 10);
	const diagram *parts = pop(machine, n);

	return parts != NULL &&
	    push(machine, library_union(machine->library, parts, n));
}

static bool
operate(struct machine *machine, char symbol)
{
	struct library *library = machine->library;
	size_t n = symbol == '!' ? 1 : symbol == '?' ? 3 : 2;
	const diagram *on = pop(machine, n);

	if (on == NULL)
		return false;
	switch (symbol) {
	case '!':
		return push(machine, library_not(library, on[0]));
	case '&':
		return push(machine, library_and(library, on[0], on[1]));
	case '|':
		return push(machine, library_or(library, on[0], on[1]));
	case '^':
		return push(machine, library_xor(library, on[0], on[1]));
	case '-':
		return push(machine, library_minus(library, on[0], on[1]));
	case '?':
		return push(
		    machine, library_choose(library, on[0], on[1], on[2]));
	}
	return false;
}

static bool
put_variable(struct machine *machine, const char *word)
{
	unsigned long number = strtoul(word, NULL, 10);

	return number < VARIABLES &&
	    push(machine, library_variable(machine->library, (unsigned)number));
}

static bool
probe(struct machine *machine, const char *word)
{
	char bits[VARIABLES + 1];
	diagram function;

	if (machine->n != 1 || strlen(word) != VARIABLES)
		return false;
	function = machine->stack[0];
	memcpy(bits, word, sizeof(bits));
	printf(" %d", library_value(machine->library, function, bits));
	if (library_satisfy(machine->library, function, bits))
		printf(":%s", bits);
	return true;
}

static bool
measure(struct machine *machine)
{
	if (machine->n != 1)
		return false;
	printf("%lu true, %zu nodes,",
	    library_count(machine->library, machine->stack[0]),
	    library_nodes(machine->library, machine->stack[0]));
	return true;
}

static bool
take(struct machine *machine, const char *word)
{
	switch (word[0]) {
	case '@':
		return probe(machine, word + 1);
	case '=':
		return measure(machine);
	case '+':
		return unite(machine, word);
	case '!':
	case '&':
	case '|':
	case '^':
	case '-':
	case '?':
		return operate(machine, word[0]);
	}
	return put_variable(machine, word);
}

static bool
show(struct machine *machine, char *line)
{
	machine->n = 0;
	for (char *word = line; *word != '\0';) {
		size_t length = strcspn(word, " \n");
		char *next = word + length + (word[length] != '\0');

		word[length] = '\0';
		if (length > 0 && !take(machine, word))
			return false;
		word = next;
	}
	printf("\n");
	return library_good(machine->library);
}

int
main(void)
{
	static char line[LINE];
	struct machine machine = {.library = library_open()};
	bool good = machine.library != NULL;

	while (good && fgets(line, sizeof(line), stdin) != NULL)
		good = show(&machine, line);
	if (machine.library != NULL)
		library_close(machine.library);
	if (!good)
		fprintf(stderr, "a formula could not be shown\n");
	return good && fflush(stdout) == 0 ? 0 : 1;
}
