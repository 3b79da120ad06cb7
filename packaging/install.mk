# Installation, for the Makefile.
#
#   make install     below DESTDIR; a policy that is there is left alone
#   make uninstall   all of that but a changed policy and the state
#   make purge       these too
#   make deb         a Debian package in build/, the same bytes each time
#
# packaging/files.* list what is installed where; tests/install.sh compares.

PREFIX ?= /usr/local
DESTDIR ?=
# The system whose files are installed: linux, freebsd or darwin.
INSTALL_FOR ?= $(firstword $(families_$(SYSTEM)))

BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/akin
DATADIR ?= $(PREFIX)/share
ZSHDIR ?= $(DATADIR)/zsh/site-functions
STATEDIR ?= /var/db/akin
SYSCONFDIR ?= $(if $(filter freebsd,$(INSTALL_FOR)),$(PREFIX))/etc

service_linux ?= $(PREFIX)/lib/systemd/system/akin.service
service_freebsd ?= $(PREFIX)/etc/rc.d/akin
service_darwin ?= /Library/LaunchDaemons/org.akin.akind.plist
service_source_linux := systemd/akin.service
service_source_freebsd := rc.d/akin
service_source_darwin := launchd/org.akin.akind.plist
service_mode := $(if $(filter freebsd,$(INSTALL_FOR)),755,644)

prepared := $(BUILD)/packaging
policy := $(prepared)/default.akp
try := $(prepared)/try.sh
service := $(prepared)/$(service_source_$(INSTALL_FOR))

# MODE:FILE:WHERE, without DESTDIR.
install_to = $(foreach file,$(wildcard $(2)), \
    $(1):$(file):$(strip $(3))/$(notdir $(file)))
installed = \
    $(foreach program,$(filter %/akinc,$(PROGRAMS)), \
    755:$(program):$(BINDIR)/$(notdir $(program))) \
    $(foreach program,$(filter %/akind %/akinctl,$(PROGRAMS)), \
    755:$(program):$(SBINDIR)/$(notdir $(program))) \
    $(foreach program,$(filter %/ipfw-emu,$(PROGRAMS)), \
    755:$(program):$(LIBEXECDIR)/$(notdir $(program))) \
    755:$(try):$(LIBEXECDIR)/try \
    $(service_mode):$(service):$(service_$(INSTALL_FOR)) \
    644:$(policy):$(DATADIR)/akin/default.akp \
    $(call install_to,644,policies/*.yaml \
    $(filter-out %/default.akp,$(wildcard policies/*.akp)),$(DATADIR)/akin) \
    $(foreach file,$(wildcard man/*.[1-9]), \
    644:$(file):$(DATADIR)/man/man$(subst .,,$(suffix $(file)))/$(notdir \
    $(file))) \
    $(foreach file,$(wildcard completions/*.bash), \
    644:$(file):$(DATADIR)/bash-completion/completions/$(basename $(notdir \
    $(file)))) \
    $(call install_to,644,completions/_*,$(ZSHDIR)) \
    $(call install_to,644,completions/*.fish, \
    $(DATADIR)/fish/vendor_completions.d) \
    $(call install_to,644,completions/vim/syntax/*.vim, \
    $(DATADIR)/vim/vimfiles/syntax) \
    $(call install_to,644,completions/vim/ftdetect/*.vim, \
    $(DATADIR)/vim/vimfiles/ftdetect)

installer = DESTDIR='$(DESTDIR)' POLICY='$(SYSCONFDIR)/akin/policy.akp' \
    SAMPLE='$(DATADIR)/akin/default.akp' STATE='$(STATEDIR)' \
    SYSTEM=$(INSTALL_FOR) SERVICE='$(service_$(INSTALL_FOR))' \
    packaging/install.sh

.PHONY: install uninstall purge deb

# The places change with variables, so these are made anew each time.
$(prepared)/%: packaging/%.in force
	@mkdir -p $(@D)
	$(Q)sed -e 's|@SBINDIR@|$(SBINDIR)|g' \
	    -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
	    -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@LIBEXECDIR@|$(LIBEXECDIR)|g' \
	    -e 's|@STATEDIR@|$(STATEDIR)|g' $< >$@

# Darwin's ipfw cannot keep a lifeline for IPv6.
policy_edit_darwin := s|^\(option lifeline.*\), ::/0$$|\1|

$(policy): policies/default.akp force
	@mkdir -p $(@D)
	$(Q)sed '$(policy_edit_$(INSTALL_FOR))' $< >$@

install: all $(policy) $(service) $(try)
	$(Q)$(installer) install $(installed)

uninstall:
	$(Q)$(installer) uninstall $(installed)

purge:
	$(Q)$(installer) purge $(installed)

deb:
	$(Q)MAKE='$(MAKE) RELEASE=$(or $(RELEASE),1)' VERSION='$(VERSION)' BUILD='$(BUILD)' \
	    packaging/debian/build.sh
