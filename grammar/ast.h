/*
 * The syntax tree of a policy: names and literals as they were written, with
 * their places.  The parser builds it and nothing else does; it resolves no
 * name, opens no file and judges no number.
 */
#ifndef GRAMMAR_AST_H
#define GRAMMAR_AST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/source.h"

/*
 * A name, number, address or text, quotes taken off.  It is interned, unless it
 * is an address.
 */
struct ast_word {
	const char *text;
	struct span span;
	bool quoted;
};

typedef VEC(struct ast_word) ast_words;

/* One entry of a host list. */
enum ast_host_kind {
	AST_HOST_ADDRESS, /* word: address, prefix or range */
	AST_HOST_NAME,	  /* word: a host, hosts or zone name */
};

struct ast_host {
	enum ast_host_kind kind;
	struct ast_word word;
};

typedef VEC(struct ast_host) ast_hosts;

/* One entry of a service list. */
enum ast_service_kind {
	AST_SERVICE_NAME,     /* ssh */
	AST_SERVICE_PORTS,    /* tcp 80, 443, https: one entry each */
	AST_SERVICE_ICMP,     /* icmp NAME|NUMBER, icmp6 NAME|NUMBER */
	AST_SERVICE_PROTOCOL, /* proto NAME|NUMBER */
};

struct ast_service {
	enum ast_service_kind kind;
	struct span span;
	struct ast_word protocol; /* tcp, udp, icmp, icmp6, proto */
	/*
	 * A service name, a port, "LO-HI", "any", an ICMP type, or a
	 * protocol.  After a protocol with ports a name stands for the ports
	 * that the service has in that protocol.
	 */
	struct ast_word word;
	bool continues; /* the protocol stood before an earlier entry */
};

typedef VEC(struct ast_service) ast_services;

enum ast_verdict {
	AST_ALLOW,
	AST_DENY,
	AST_REJECT,
};

/* What may follow the services of a rule, and the target of a forward. */
struct ast_qualifiers {
	ast_hosts from, to;
	struct span from_span, to_span, log_span, limit_span;
	bool has_from, has_to, log;
	const struct ast_word *limit, *label, *comment; /* or NULL */
};

struct ast_rule {
	enum ast_verdict verdict;
	struct span span; /* the whole rule */
	ast_services services;
	const struct ast_qualifiers *qualifiers; /* never NULL */
	struct ast_rule *next;
};

struct ast_zone {
	struct ast_word name;
	ast_words cards; /* "em0", "vboxnet*", "active" */
	ast_words nets;
	struct span cards_span, nets_span;
	bool has_cards, has_nets;
};

struct ast_service_definition {
	struct ast_word name;
	ast_services services;
};

struct ast_hosts_definition {
	struct ast_word name;
	bool single; /* host, not hosts */
	bool from_file;
	struct ast_word file;
	ast_hosts hosts;
};

struct ast_trust {
	ast_words zones;
};

struct ast_nat {
	ast_words from;
	ast_words to;
};

struct ast_forward {
	struct ast_word protocol; /* tcp or udp */
	ast_words ports;	  /* "2222", "8000-8010" */
	ast_words from;
	struct ast_host target;
	bool has_target_port;
	struct ast_word target_port;
	const struct ast_qualifiers *qualifiers; /* never NULL */
};

/* from A, B to C { … }, and the one-line form with a single rule. */
struct ast_block {
	ast_words from, to;
	struct ast_rule *rules;
	bool one_line;
};

struct ast_default {
	enum ast_verdict verdict;
	bool log;
};

struct ast_option {
	struct ast_word name;
	ast_words values;
};

struct ast_include {
	struct ast_word path;
	/* The statements of the file, once it has been read. */
	struct ast_file *file;
};

/*
 * One end of a packet in a test: ZONE [ADDRESS] [port N].  Without a zone
 * (its text is NULL) the address decides which one it is.
 */
struct ast_test_end {
	struct ast_word zone;
	bool has_address, has_port;
	struct ast_word address, port;
	struct span span;
};

enum ast_test_kind {
	AST_TEST_EXPECT, /* expect VERDICT PACKET … */
	AST_TEST_REPLY,	 /* then [VERDICT] reply */
	AST_TEST_AGAIN,	 /* then [VERDICT] again: the packet once more */
	AST_TEST_AFTER,	 /* after 25s */
};

struct ast_test_step {
	enum ast_test_kind kind;
	struct span span;
	bool has_verdict;
	enum ast_verdict verdict;
	struct ast_word protocol; /* tcp udp icmp icmp6, or a word */
	bool has_type;
	struct ast_word type; /* icmp echo-request */
	struct ast_test_end from, to;
	bool has_flags;
	struct ast_word flags; /* flags SA */
	bool via_nat;	       /* via nat */
	/* Files of tests have these two, the language has not. */
	bool spoofed; /* the source is no address of its zone */
	bool has_fragment;
	struct ast_word fragment; /* all, later */
	bool has_line;
	struct ast_word line;	  /* by line N, or by "label" */
	struct ast_word duration; /* "25s" */
	struct ast_test_step *next;
};

struct ast_test {
	struct ast_word name;
	uint32_t lines_of; /* the file "by line" is about; 0: the test's own */
	struct ast_test_step *steps;
};

enum ast_kind {
	AST_ZONE,
	AST_SERVICE,
	AST_HOSTS,
	AST_TRUST,
	AST_NAT,
	AST_FORWARD,
	AST_BLOCK,
	AST_DEFAULT,
	AST_OPTION,
	AST_INCLUDE,
	AST_TEST,
};

struct ast_statement {
	enum ast_kind kind;
	struct span span;
	struct ast_statement *next;
	union {
		struct ast_zone zone;		       /* AST_ZONE */
		struct ast_service_definition service; /* AST_SERVICE */
		struct ast_hosts_definition hosts;     /* AST_HOSTS */
		struct ast_trust trust;		       /* AST_TRUST */
		struct ast_nat nat;		       /* AST_NAT */
		struct ast_forward forward;	       /* AST_FORWARD */
		struct ast_block block;		       /* AST_BLOCK */
		struct ast_default fallback;	       /* AST_DEFAULT */
		struct ast_option option;	       /* AST_OPTION */
		struct ast_include include;	       /* AST_INCLUDE */
		struct ast_test test;		       /* AST_TEST */
	} u;
};

struct ast_comment {
	struct span span; /* from the # to the end of the line */
	bool own_line;	  /* nothing but blanks stands before it */
};

struct ast_file {
	uint32_t file; /* number in the source list */
	struct ast_statement *statements;
	VEC(struct ast_comment) comments; /* in order of place */
};

#endif
