# akin: builds it, tests it, installs it.  For GNU make (gmake on the BSDs).
#
#   make            the programs, in build/
#   make demo       the main job, shown on policies/laptop.akp
#   make check      every test; the last line counts them
#   make soak       akind for ten minutes, with all that can befall it
#   make bench      what compiling, a packet and loading cost
#   make setup      installs what building and checking need
#
# RELEASE=1 hardens.  SAN=1 builds with sanitizers in build-san/, COV=1 counts
# coverage in build-cov/.  V=1 shows the commands, WERROR=0 forgives warnings.

VERSION := 0.1.0

BUILD ?= build
WERROR ?= 1
SYSTEM := $(shell uname -s)

FLEX ?= flex
BISON ?= bison
CLANG ?= clang

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n' $(1) '$(2)'
endif

# Variants.

CFLAGS ?= -O2 -g

ifneq ($(filter fuzz,$(MAKECMDGOALS)),)
OUT := $(BUILD)-fuzz
CC := $(CLANG)
variant := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
    -fsanitize=address,undefined,fuzzer-no-link
variant_link := -fsanitize=address,undefined
else ifeq ($(SAN),1)
OUT := $(BUILD)-san
variant := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
    -fsanitize=address,undefined
variant_link := -fsanitize=address,undefined
else ifeq ($(COV),1)
OUT := $(BUILD)-cov
variant := -O0 --coverage
variant_link := --coverage
else ifeq ($(RELEASE),1)
OUT := $(BUILD)
variant := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
    -fstack-protector-strong -fPIE
variant_link := -pie
else
OUT := $(BUILD)
endif

GEN := $(BUILD)/gen

# Systems.

# Files for one system end in _NAME.c; a system takes those that are named after
# it or its family.  Those, and the runtime's, see more than POSIX.
sd_bus := $(wildcard /usr/include/systemd/sd-bus.h)
seccomp := $(wildcard /usr/include/seccomp.h)
families_Linux := linux $(if $(sd_bus),logind,nologind) \
    $(if $(seccomp),seccomp,noseccomp)
families_FreeBSD := freebsd bsd
families_Darwin := darwin bsd
foreign_families := $(filter-out $(families_$(SYSTEM)), \
    linux freebsd darwin bsd logind nologind seccomp noseccomp)
foreign := $(foreach folder,compiler/base runtime tests/unit tests/fuzz \
    tests/daemon, \
    $(patsubst %,$(folder)/%.c,$(addprefix %_,$(foreign_families))))

network_Linux := -D_DEFAULT_SOURCE
network_FreeBSD := -D__BSD_VISIBLE=1
# stat(2) names its times differently there.
network_Darwin := -D_DARWIN_C_SOURCE -Dst_mtim=st_mtimespec \
    -Dst_ctim=st_ctimespec

# Where the packages live, if the compiler does not look there by itself.
ifeq ($(SYSTEM),FreeBSD)
packages := /usr/local
else ifeq ($(SYSTEM),Darwin)
packages := $(shell brew --prefix 2>/dev/null || echo /usr/local)
BISON = $(packages)/opt/bison/bin/bison
endif
ifdef packages
CPPFLAGS += -isystem $(packages)/include
LDFLAGS += -L$(packages)/lib
endif

# Flags.

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
    -Wswitch-enum $(if $(filter 1,$(WERROR)),-Werror)
includes := -Icompiler -I. -I$(GEN)
compile = $(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(includes) \
    $(CPPFLAGS) $(warnings) $(CFLAGS) $(variant)
link = $(CC) $(CFLAGS) $(variant) $(LDFLAGS) $(variant_link)

# What only this system's files of the runtime need.
libraries_Linux := -Wl,--as-needed -lmnl $(if $(sd_bus),-lsystemd) \
    $(if $(seccomp),-lseccomp)
libraries_Darwin := -framework IOKit -framework CoreFoundation
LIBS := -lyaml -ljansson $(libraries_$(SYSTEM))
# Debian's check is a static library that needs another one.
CHECK_LIBS ?= -lcheck -pthread -lm \
    $(if $(wildcard /usr/lib/*/libsubunit.*),-lsubunit -lrt)

$(OUT)/obj/compiler/cli/%.o: defines = \
    -DAKIN_VERSION='"$(VERSION)"'
$(OUT)/obj/compiler/base/pages_%.o: defines = $(network_$(SYSTEM))
$(OUT)/obj/runtime/%.o: defines = $(network_$(SYSTEM)) \
    -DAKIN_VERSION='"$(VERSION)"'
$(OUT)/obj/compiler/eval/emu/%.o: defines = $(network_$(SYSTEM))

# Layers: one folder, one library.

TARGET := target target/ipfw target/ipfw/lower target/ipfw/text \
    target/ipfw/engine target/ipfw/script
RUNTIME := runtime runtime/apply runtime/watch runtime/control runtime/daemon
LAYERS := base set grammar sema ir opt $(TARGET) eval eval/emu prove analyse \
    $(RUNTIME) cli

# A layer and all that it may use; tests/layers.sh holds the sources to it.
with_base := base
with_set := set $(with_base)
with_grammar := grammar $(with_base)
with_sema := sema grammar $(with_set)
with_ir := ir $(with_sema)
with_opt := opt $(with_ir)
with_target := $(TARGET) $(with_ir)
with_eval := eval eval/emu $(with_target)
with_prove := prove $(with_eval)
with_analyse := analyse $(with_prove)
with_runtime := runtime base
with_runtime/apply := runtime/apply $(with_runtime)
with_runtime/watch := runtime/watch $(with_runtime)
with_runtime/control := runtime/control $(with_runtime)
with_runtime/daemon := $(RUNTIME) base
with_cli := $(filter-out eval/emu runtime/watch runtime/control \
    runtime/daemon,$(LAYERS))

folder = $(if $(filter grammar runtime runtime/%,$(1)),$(1),compiler/$(1))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

generated := $(patsubst grammar/%.y,$(GEN)/grammar/%.tab.c, \
    $(wildcard grammar/*.y)) $(patsubst grammar/%.l,$(GEN)/grammar/%.lex.c, \
    $(wildcard grammar/*.l))

# The sources of a layer; a program's main.c belongs to the program.
sources = $(filter-out %/main.c $(foreign), \
    $(sort $(wildcard $(call folder,$(1))/*.c)))
generated_grammar := $(generated)
generated_runtime/daemon := $(GEN)/runtime/hypervisors.c
generated_cli := $(GEN)/cli/builtin.c $(GEN)/cli/diagnostics.c
layer_objects = $(call objects,$(call sources,$(1))) \
    $(patsubst $(GEN)/%.c,$(OUT)/obj/gen/%.o,$(generated_$(1)))

# The library of a layer, nothing if the layer has no source.
archive = $(if $(strip $(call layer_objects,$(1))), \
    $(OUT)/lib/$(subst /,-,$(1)).a)
# A linker reads the users of a library before the library.
upwards := cli runtime/daemon runtime/control runtime/watch runtime/apply \
    runtime analyse prove eval/emu eval target/ipfw/script \
    target/ipfw/engine target/ipfw/lower target/ipfw/text target/ipfw target \
    opt ir sema grammar set base
archives = $(foreach layer,$(upwards), \
    $(if $(filter $(layer),$(1)),$(call archive,$(layer))))
# Twice, because a folder's files may call up as well as down a record of
# functions, and a linker reads each library once.
link_archives = $(filter %.a,$^) $(filter %.a,$^)

# Programs and tests.

emulator := $(if $(wildcard compiler/eval/emu/main.c),$(OUT)/ipfw-emu)
PROGRAMS := $(if $(wildcard compiler/cli/main.c),$(OUT)/akinc) $(emulator) \
    $(if $(wildcard runtime/control/main.c),$(OUT)/akinctl) $(OUT)/akind

# What akinc is linked of, but for the libraries.
akinc_parts := $(OUT)/obj/compiler/cli/main.o $(call archives,$(with_cli))

unit_sources := $(filter-out $(foreign), \
    $(sort $(wildcard tests/unit/test_*.c)))
unit_programs := $(patsubst tests/%.c,$(OUT)/%,$(unit_sources))
unit_support := $(call objects,$(filter-out tests/unit/test_%, \
    $(sort $(wildcard tests/unit/*.c))))

fuzz_sources := $(filter-out $(foreign), \
    $(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz_programs := $(patsubst tests/%.c,$(OUT)/%,$(fuzz_sources))
replay_programs := $(patsubst tests/fuzz/fuzz_%.c,$(OUT)/fuzz/replay_%, \
    $(fuzz_sources))

# A test links the layers whose headers it or its folder's headers include, and
# those below them: it builds, and fails, for no other reason than its own.
included_layers = $(sort $(shell sed -n \
    -e 's|^.include "\(runtime/[a-z]*\)/.*|\1|p' -e t \
    -e 's|^.include "\([a-z]*\)/.*|\1|p' $(1) $(wildcard $(dir $(1))*.h)))
test_archives = $(call archives,$(sort $(foreach layer, \
    $(call included_layers,$(1)),$(with_$(layer)))))

bench := $(OUT)/bench
fake_akind := $(OUT)/fake-akind

# What tests of the applier need beside it; inject knows Linux alone.
act := $(OUT)/act
inject := $(if $(filter Linux,$(SYSTEM)),$(OUT)/inject)
bench_sources := $(sort $(wildcard bench/*.c))

# Random policies against their own meaning.
crosscheck := $(OUT)/crosscheck
crosscheck_sources := $(sort $(wildcard tests/crosscheck/*.c))
crosscheck_archives := $(call archives,$(sort $(with_opt) $(with_prove)))

# Rulesets altered in one rule, against the proof.
alter := $(OUT)/alter
alter_objects := $(call objects,$(sort $(wildcard tests/alter/*.c)) \
    tests/crosscheck/compile.c tests/crosscheck/proof.c)

# Decision diagrams, against those of another library if it is here.
buddy := $(and $(wildcard $(addsuffix /include/bdd.h,/usr $(packages))), \
    $(OUT)/diagrams-buddy)
diagrams := $(OUT)/diagrams-ours $(buddy)

vectors := $(sort $(shell find tests/vectors -name '*.vec' 2>/dev/null))

SUITES := unit cases cli vectors packets property crosscheck script docs \
    control counts packaging safety faults fuzz-replay planted lint
SUITES += prove
SUITES += alter
SUITES += apply
SUITES += analyses
SUITES += daemon
SUITES += diagrams
programs := AKINC=$(abspath $(OUT))/akinc IPFW_EMU=$(abspath $(OUT))/ipfw-emu
run_unit := tests/run-unit.sh $(unit_programs)
run_cases := AKINC=$(OUT)/akinc tests/run-cases.sh
run_cli := $(programs) tests/command-line.sh
run_vectors := $(if $(emulator),$(emulator) --verify $(vectors))
run_packets := $(programs) tests/packets.sh
run_analyses := $(programs) tests/analyses.sh
run_property := $(programs) tests/property.sh
run_crosscheck := CROSSCHECK=$(crosscheck) tests/crosscheck.sh \
    $(if $(filter 1,$(SAN)),200,3500)
run_prove := $(programs) tests/prove.sh
run_alter := $(alter)
run_script := $(programs) tests/script/run.sh
run_apply := $(programs) tests/apply/run.sh
run_docs := $(programs) tests/tally.sh man tests/man.sh \
    diagnostics tests/diagnostics.sh completions tests/completions.sh \
    examples tests/examples.sh
run_control := $(programs) AKINCTL=$(abspath $(OUT))/akinctl \
    AKIND=$(abspath $(OUT))/akind FAKE_AKIND=$(abspath $(fake_akind)) \
    tests/tally.sh answers tests/control.sh akind tests/control/akind.sh
run_counts = mkdir -p $(OUT)/bench-policies && $(bench) --quick --counts \
    --baseline bench/baseline.json $(OUT)/bench-policies policies
run_packaging := $(programs) MAKE='$(MAKE)' tests/install.sh
run_planted := AKINC=$(OUT)/akinc COMPILE="$(compile)" LINK="$(link)" \
    PARTS="$(akinc_parts) $(filter %.a,$(akinc_parts)) $(LIBS)" tests/planted.sh
run_fuzz-replay := tests/run-replay.sh $(replay_programs)
run_safety := $(programs) ACT=$(abspath $(act)) tests/faults/safety.sh
run_faults := $(programs) INJECT=$(abspath $(inject)) tests/faults/run.sh
run_daemon := $(programs) LOGIND=$(if $(sd_bus),yes) tests/daemon/run.sh
run_diagrams := OURS=$(OUT)/diagrams-ours BUDDY=$(buddy) tests/diagrams/run.sh
run_lint := CC="$(CC)" tests/tally.sh layers tests/layers.sh \
    style tests/style.sh codes tests/codes.sh compile tests/compile.sh \
    tools tests/lint.sh

needs_unit := $(unit_programs)
needs_cases := $(PROGRAMS)
needs_cli := $(PROGRAMS)
needs_vectors := $(emulator)
needs_packets := $(PROGRAMS)
needs_analyses := $(PROGRAMS)
needs_property := $(PROGRAMS)
needs_prove := $(PROGRAMS)
needs_crosscheck := $(crosscheck)
needs_alter := $(alter)
needs_script := $(PROGRAMS)
needs_apply := $(PROGRAMS)
needs_docs := $(PROGRAMS)
needs_control := $(PROGRAMS) $(fake_akind)
needs_counts := $(bench)
needs_packaging := $(PROGRAMS)
needs_planted := $(PROGRAMS)
needs_safety := $(PROGRAMS) $(act)
needs_faults := $(PROGRAMS) $(inject)
needs_daemon = $(PROGRAMS) $(sleeper) $(jumping)
needs_diagrams := $(diagrams)
needs_fuzz-replay := $(replay_programs)
suites := $(SUITES)

# A devd or logind that tells of sleep when it is told to.
sleeper := $(OUT)/sleeper
sleeper_sources := $(filter-out $(foreign), \
    $(wildcard tests/daemon/sleeper*.c))
# The emulator, called without an environment.
relay := $(OUT)/relay
# akind with a clock that jumps.
jumping := $(OUT)/akind-jumping

# Rules.

.PHONY: all demo bench check $(SUITES) soak fuzz update format dist clean \
    setup force
.DEFAULT_GOAL := all

# What setup installs decides which files are built: first it, then these.
ifneq ($(filter demo check setup,$(MAKECMDGOALS)),)
-include $(BUILD)/setup-build
endif
ifneq ($(filter check setup,$(MAKECMDGOALS)),)
-include $(BUILD)/setup-check
endif

all: $(PROGRAMS)

# Only these three may install packages; the other targets name what is absent.
setup_mode := $(if $(filter demo check setup,$(MAKECMDGOALS)),,--report)
setup_build := $(BUILD)/setup-build
setup_check := $(BUILD)/setup-check

$(BUILD)/setup-%: tools/setup.sh
	@CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' FLEX='$(FLEX)' BISON='$(BISON)' \
	    tools/setup.sh $(setup_mode) $*
	@mkdir -p $(@D) && touch $@

$(setup_check): | $(setup_build)
setup: $(setup_build) $(setup_check)

# What a change of the command line must rebuild, and a change of the list of
# files: written only if it differs, so that equal flags rebuild nothing.
remember = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' >$@.new; \
    if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

$(OUT)/flags: force
	$(call remember,$(compile) $(link) $(VERSION))
$(OUT)/files: force
	$(call remember,$(foreach layer,$(LAYERS),$(call sources,$(layer))))

$(GEN)/%.tab.c $(GEN)/%.tab.h: %.y | $(setup_build)
	$(call say,BISON,$<)
	@mkdir -p $(@D)
	$(Q)$(BISON) -Wall -Werror -o $(GEN)/$*.tab.c \
	    --header=$(GEN)/$*.tab.h $<

$(GEN)/%.lex.c $(GEN)/%.lex.h: %.l | $(setup_build)
	$(call say,FLEX,$<)
	@mkdir -p $(@D)
	$(Q)$(FLEX) --header-file=$(GEN)/$*.lex.h \
	    -o $(GEN)/$*.lex.c $<

# The catalogue and the manual's diagnostics are part of the program.
$(GEN)/cli/builtin.c: tools/embed.sh $(sort $(filter-out \
    policies/hypervisors.yaml,$(wildcard policies/*.yaml)))
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)tools/embed.sh $(filter %.yaml,$^) >$@
$(GEN)/runtime/hypervisors.c: tools/hypervisors.awk policies/hypervisors.yaml
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)awk -f $^ >$@
$(GEN)/cli/diagnostics.c: tools/diagnostics.awk man/akinc-diagnostics.7
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)awk -f $^ >$@

define compile_rule
$(call say,CC,$<)
@mkdir -p $(@D)
$(Q)$(compile) $(defines) -MMD -MP -c -o $@ $<
endef

$(OUT)/obj/gen/%.o: $(GEN)/%.c $(OUT)/flags | $(setup_build)
	$(compile_rule)
$(OUT)/obj/tests/%.o: tests/%.c $(OUT)/flags | $(setup_build) $(setup_check)
	$(compile_rule)
$(OUT)/obj/%.o: %.c $(OUT)/flags | $(setup_build)
	$(compile_rule)

headers := $(generated:.c=.h)
$(call layer_objects,grammar): | $(headers)

define archive_rule
$(call archive,$(1)): $(call layer_objects,$(1)) $(OUT)/files
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach layer,$(LAYERS),$(if $(call archive,$(layer)), \
    $(eval $(call archive_rule,$(layer)))))

define link_rule
$(call say,LINK,$@)
@mkdir -p $(@D)
$(Q)$(link) $(1) -o $@ $(filter %.o,$^) $(link_archives) $(LIBS) $(2)
endef

$(OUT)/akinc: $(akinc_parts)
	$(call link_rule)
$(OUT)/akind: $(OUT)/obj/runtime/daemon/main.o \
    $(call archives,$(with_runtime/daemon))
	$(call link_rule)
$(OUT)/ipfw-emu: $(OUT)/obj/compiler/eval/emu/main.o \
    $(call archives,$(with_eval))
	$(call link_rule)

$(OUT)/akinctl: $(OUT)/obj/runtime/control/main.o \
    $(call archives,$(with_runtime/control))
	$(call link_rule)

$(jumping): $(call objects,tests/daemon/jump.c) \
    $(call archives,$(with_runtime/daemon))
	$(call link_rule)
$(relay): $(call objects,tests/daemon/relay.c)
	$(call link_rule)
$(sleeper): $(call objects,$(sleeper_sources))
	$(call link_rule)
$(fake_akind): $(call objects,tests/control/fake_akind.c) \
    $(call archives,$(with_runtime/control))
	$(call link_rule)

define test_rule
$(patsubst tests/%.c,$(OUT)/%,$(1)): $(call objects,$(1)) $(unit_support) \
    $(call test_archives,$(1))
	$$(call link_rule,,$$(CHECK_LIBS))
endef
define fuzz_rule
$(patsubst tests/%.c,$(OUT)/%,$(1)): $(call objects,$(1)) \
    $(call test_archives,$(1))
	$$(call link_rule,-fsanitize=fuzzer)
$(patsubst tests/fuzz/fuzz_%.c,$(OUT)/fuzz/replay_%,$(1)): \
    $(call objects,$(1) tests/fuzz/driver.c) $(call test_archives,$(1))
	$$(call link_rule)
endef
$(foreach source,$(unit_sources),$(eval $(call test_rule,$(source))))
$(foreach source,$(fuzz_sources),$(eval $(call fuzz_rule,$(source))))

$(OUT)/obj/tests/faults/%.o: defines = -D_XOPEN_SOURCE=700 \
    $(network_$(SYSTEM))
$(act) $(inject): $(OUT)/%: $(OUT)/obj/tests/faults/%.o
	$(call link_rule)

$(bench): $(call objects,$(bench_sources)) $(call archives,$(with_cli))
	$(call link_rule,,-lm)
$(alter): $(alter_objects) $(crosscheck_archives)
	$(call link_rule)
$(crosscheck): $(call objects,$(crosscheck_sources)) $(crosscheck_archives)
	$(call link_rule)

$(OUT)/diagrams-ours: $(call objects,tests/diagrams/show.c \
    tests/diagrams/ours.c) $(call archives,$(with_set))
	$(call link_rule)
$(OUT)/diagrams-buddy: $(call objects,tests/diagrams/show.c \
    tests/diagrams/buddy.c)
	$(call link_rule,,-lbdd)

# Targets.

demo: $(PROGRAMS)
	@AKINC=$(OUT)/akinc EMULATOR=$(OUT)/ipfw-emu tools/demo.sh

check: $(setup_check) $(foreach suite,$(suites),$(needs_$(suite)))
	@tests/tally.sh $(foreach suite,$(suites),$(suite) '$(run_$(suite))')

lint: $(setup_check)
$(foreach suite,$(SUITES),$(eval $(suite): $(needs_$(suite))))
$(SUITES):
	@$(run_$@)

# JSON=1 prints the measures as JSON; QUICK=1 leaves the large sizes out.
bench: $(bench) $(PROGRAMS) $(relay)
	@mkdir -p $(OUT)/bench-policies
	@$(programs) BENCH=$(abspath $(bench)) bench/load.sh $(if $(QUICK),1000 10000,6000 100000) \
	    >$(OUT)/bench-load
	@$(programs) BENCH=$(abspath $(bench)) bench/apply.sh \
	    $(if $(QUICK),1000 10000,6000 100000) >>$(OUT)/bench-load
	$(if $(JSON),,@$(programs) bench/daemon.sh $(if $(QUICK),20,100))
	@$(bench) $(if $(JSON),--json) $(if $(QUICK),--quick) \
	    --baseline bench/baseline.json --more $(OUT)/bench-load \
	    $(OUT)/bench-policies policies

# A day of akind, in SECONDS; SEED picks another one.
SECONDS ?= 600
SEED ?= 1
soak: $(PROGRAMS)
	@$(programs) AKIND=$(abspath $(OUT))/akind \
	    AKINCTL=$(abspath $(OUT))/akinctl tests/soak.sh $(SECONDS) $(SEED)

fuzz: $(fuzz_programs)
	@printf 'Run one with its corpus, say: %s tests/fuzz/corpus/%s\n' \
	    $(foreach name,$(fuzz_sources:tests/fuzz/fuzz_%.c=%), \
	    $(OUT)/fuzz/fuzz_$(name) $(name))

update: $(PROGRAMS)
	@AKINC=$(OUT)/akinc tests/run-cases.sh --update

format:
	$(Q)tests/lint.sh --format

include packaging/install.mk

dist:
	@mkdir -p $(BUILD)
	$(Q)git archive --format=tar.gz --prefix=akin-$(VERSION)/ \
	    -o $(BUILD)/akin-$(VERSION).tar.gz HEAD
	@echo $(BUILD)/akin-$(VERSION).tar.gz

clean:
	$(Q)rm -rf $(BUILD) $(BUILD)-san $(BUILD)-cov $(BUILD)-fuzz

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
