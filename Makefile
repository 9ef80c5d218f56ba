# SPDX-License-Identifier: ISC
# rung: build, run, check, tidy, bench, fuzz, stress, install; see
# CONTRIBUTING.md.
#
#   EDIT=readline|libedit|none   line editor; detected unless given
#   SAN=address,undefined        sanitizers          CC=clang   compiler
#   WERROR=1                     warnings are errors          V=1   whole commands
#
# Each combination has its own directory under build/, so that switching
# rebuilds nothing; ./rung is the last one built.

RUN  = ./rung -i -e 'listen --echo :0 as echo'   # `make run` on a terminal
PLAY = ./rung docs/examples/tour.rung            # `make run` elsewhere

PREFIX = /usr/local
SECS   = 60
SEED   = $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
H     := \#

# Runs as many jobs as there are processors, unless -j is given or the order
# matters.
ifeq (0,$(MAKELEVEL)$(filter clean,$(MAKECMDGOALS))$(filter -j%,$(MAKEFLAGS)))
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
endif
MAKEFLAGS += --no-print-directory

# $(call found,pkg-config name,header,-l name)
found = $(shell pkg-config --exists $1 2>/dev/null || printf \
  '$Hinclude <stdio.h>\n$Hinclude <$2>\nint main(void){return 0;}\n' | \
  $(CC) $(CFLAGS) -x c - $(LDFLAGS) -l$3 -o /dev/null 2>/dev/null && echo $1)
# $(call pkg,--libs or --cflags,pkg-config name,value without pkg-config)
pkg = $(shell pkg-config $1 $2 2>/dev/null || echo $3)

ifndef EDIT
EDIT := $(firstword $(call found,readline,readline/readline.h,readline) \
	            $(call found,libedit,editline/readline.h,edit) none)
endif
ifeq (,$(filter readline libedit none,$(EDIT)))
$(error EDIT=$(EDIT): readline, libedit or none)
endif
edit_pkg_readline = readline
edit_pkg_libedit  = libedit
edit_lib_readline = readline
edit_lib_libedit  = edit
edit_src_readline = src/repl/console_readline.c
edit_src_libedit  = src/repl/console_libedit.c
edit_def_readline = -DRUNG_EDIT_READLINE
edit_def_libedit  = -DRUNG_EDIT_LIBEDIT

comma := ,
quiet := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $V,,$(if $(quiet),@,@echo '  $1 $@';))
VARIANT := $(EDIT)$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if \
	$(filter-out cc gcc,$(CC)),-$(notdir $(firstword $(CC))))
O := build/$(VARIANT)

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes \
       -Wstrict-prototypes -Wvla -Wconversion $(if $(WERROR),-Werror)
OPTS = $(if $(SAN),-O1 -fsanitize=$(SAN) -fno-sanitize-recover=undefined \
       -fno-omit-frame-pointer,-O2 -fstack-protector-strong \
       -D_FORTIFY_SOURCE=2) -g
LINK = $(if $(SAN),-fsanitize=$(SAN))
# Symbols are hidden, or readline would call rung's xrealloc().
BASE = -std=c11 -D_GNU_SOURCE -I. -Iinclude -pthread -fvisibility=hidden \
       $(WARN)
LIBS := $(call pkg,--libs,libpcre2-8,-lpcre2-8) \
        $(call pkg,--libs,jansson,-ljansson) \
        $(call pkg,--libs,zlib,-lz) \
        $(call pkg,--libs,libssl libcrypto,-lssl -lcrypto) \
        $(if $(edit_pkg_$(EDIT)),$(call pkg,--libs,$(edit_pkg_$(EDIT)),\
             -l$(edit_lib_$(EDIT))))
INCS := $(call pkg,--cflags,libpcre2-8 jansson libssl zlib,) \
        $(if $(edit_pkg_$(EDIT)),$(call pkg,--cflags,$(edit_pkg_$(EDIT)),))
COMPILE = $(CC) $(BASE) $(OPTS) $(DEFS) $(INCS) $(CPPFLAGS) $(CFLAGS) -MMD -MP

EDITORS  = $(edit_src_readline) $(edit_src_libedit)
SRC     := $(filter-out $(EDITORS),$(wildcard src/*/*.c)) \
           $(wildcard $(edit_src_$(EDIT)))
CMD     := $(wildcard cmd/*.c)
UNIT    := $(wildcard tests/unit/*/*_test.c)
FUZZ    := $(wildcard tests/fuzz/*_fuzz.c)
STRESS  := $(wildcard tests/stress/*_stress.c)
LINKED  := $(wildcard tests/wire/*_rung.c)
# In the other directories of tests/, a .c with a main is a program for tests.
# In tests/lib, a .c without a main is linked to the unit tests.
HELPERS := $(filter-out $(LINKED),$(wildcard tests/lib/*.c tests/wire/*.c \
             tests/pty/*.c)) \
           $(filter-out $(STRESS),$(wildcard tests/stress/*.c))
TOOLS   := $(if $(HELPERS),$(shell grep -l '^int main' $(HELPERS)))
TESTLIB := $(filter tests/lib/%,$(filter-out $(TOOLS),$(HELPERS)))
obj      = $(patsubst %.c,$O/%.o,$1)
ALL_C    = $(wildcard src/*.c src/*/*.c cmd/*.c tests/*/*.c tests/unit/*/*.c)
ALL_H    = $(wildcard include/rung/*.h include/rung/*/*.h src/*.h src/*/*.h \
             cmd/*.h tests/*/*.h tests/unit/*/*.h)

.PHONY: all run check memcheck tidy lint generate bench fuzz fuzz-here stress tests \
	tools install uninstall clean format where FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: rung

rung: $O/rung FORCE
	@cmp -s $< $@ || ln -f $< $@ 2>/dev/null || cp -f $< $@

$O/rung: $(call obj,src/main.c) $(call obj,$(CMD)) $O/librung.a
	$(call say,LD)$(CC) $(LINK) $(CFLAGS) -pthread -o $@ $(filter %.o,$^) $O/librung.a \
	    $(LDFLAGS) $(LIBS)

$O/librung.a: $(call obj,$(SRC))
$O/libcmd.a: $(call obj,$(CMD))
$O/libtest.a: $(call obj,$(TESTLIB))
$O/lib%.a: $O/lib%.list
	@rm -f $@
	$(call say,AR)$(AR) qcs $@ $(filter %.o,$^)

# Changes only if a file is added or removed, so that no old object stays in a
# library.
$O/librung.list $O/libcmd.list $O/libtest.list: FORCE
	@mkdir -p $(@D)
	@echo '$(SRC) $(CMD) $(TESTLIB)' | cmp -s - $@ || \
	    echo '$(SRC) $(CMD) $(TESTLIB)' >$@

$O/src/main.o $O/src/repl/%.o: DEFS = $(edit_def_$(EDIT))
$O/%.o: %.c $O/flags | $O/libs
	@mkdir -p $(@D)
	$(call say,CC)$(COMPILE) -c -o $@ $<

# Changes only with the flags: objects built with different flags are not mixed.
flags = $(subst ','\'',$(OPTS) $(INCS) $(LIBS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))
$O/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

# Runs before the first object is built: prints the missing packages and how to
# install them.
$O/libs:
	@CC='$(CC)' .ci/need --dry-run run
	@mkdir -p $(@D) && touch $@

tests: tools $(patsubst %.c,$O/%,$(UNIT))
tools: $(patsubst %.c,$O/%,$(TOOLS) $(STRESS) $(LINKED))

$(patsubst %.c,$O/%,$(STRESS) $(LINKED)): $O/%: $O/%.o $O/libtest.a \
    $O/libcmd.a $O/librung.a
	$(call say,LD)$(CC) $(LINK) $(CFLAGS) -pthread -o $@ $^ $(LDFLAGS) $(LIBS)

$O/tests/unit/%: $O/tests/unit/%.o $O/libtest.a $O/libcmd.a $O/librung.a
	$(call say,LD)$(CC) $(LINK) $(CFLAGS) -pthread -o $@ $^ $(LDFLAGS) $(LIBS) \
	    $(call pkg,--libs,cmocka,-lcmocka)

$(patsubst %.c,$O/%,$(TOOLS)): $O/%: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(BASE) -O1 -g $(CPPFLAGS) -MMD -MP -o $@ $< $(LDFLAGS)

run:
	@.ci/need run
	@$(MAKE) rung
	@if [ -t 0 ]; then $(RUN); else $(PLAY); fi

check:
	@.ci/need check
	@MAKE_WITH="$(if $(filter command,$(origin CC)),CC='$(CC)') \
	    $(if $(WERROR),WERROR=1)" tests/run

memcheck:
	@.ci/need check
	@tests/run -m unit repl

tidy:
	@tests/tidy/run

generate: rung
	@tests/tidy/drift --write ./rung

bench:
	@.ci/need bench
	@$(MAKE) rung
	@CC='$(CC)' tests/bench/run

fuzz:
	@.ci/need fuzz
	@$(MAKE) fuzz-here CC=clang EDIT=none \
	    SAN=fuzzer-no-link,address,undefined
fuzz-here: $(patsubst %.c,$O/%,$(if $T,tests/fuzz/$T_fuzz.c,$(FUZZ)))
	@for p in $^; do \
	    t=$$(basename $$p _fuzz); seeds=tests/fuzz/seeds/$$t; \
	    mkdir -p $O/corpus/$$t; [ -d $$seeds ] || seeds=; \
	    echo "fuzz: $$t, $(SECS) s"; \
	    $$p -max_total_time=$(SECS) -timeout=10 -print_final_stats=1 \
	        -artifact_prefix=build/$$t- -verbosity=0 \
	        $O/corpus/$$t $$seeds || exit 1; \
	done
$O/tests/fuzz/%: $O/tests/fuzz/%.o $O/libtest.a $O/libcmd.a $O/librung.a
	$(call say,LD)$(CC) -fsanitize=fuzzer,address,undefined -pthread -o $@ $^ $(LDFLAGS) \
	    $(LIBS)

# Expanded once, so that all parts get the same seed.
stress:
	@.ci/need stress
	@seed=$(SEED); \
	echo "stress: SEED=$$seed SECS=$(SECS)$(if $T, T=$T)"; \
	SEED=$$seed SECS=$(SECS) CASE=$(CASE) LIMIT=$$((4 * $(SECS) + 300)) \
	    tests/run $(if $T,$(addprefix stress/,$T),stress unit/shell/untrusted)

lint:
	@.ci/need lint
	@tests/tidy/lint '$(or $T,gcc clang-tidy)' $(BASE) $(INCS)

format:
	clang-format -i $(ALL_C) $(ALL_H)

share = $(DESTDIR)$(PREFIX)/share
install: rung
	install -d $(DESTDIR)$(PREFIX)/bin $(share)/man/man1 \
	    $(share)/bash-completion/completions $(share)/zsh/site-functions \
	    $(share)/fish/vendor_completions.d $(share)/doc/rung/examples/webchat
	install -m 755 rung $(DESTDIR)$(PREFIX)/bin/rung
	install -m 644 docs/rung.1 $(share)/man/man1/rung.1
	install -m 644 completions/rung.bash \
	    $(share)/bash-completion/completions/rung
	install -m 644 completions/_rung $(share)/zsh/site-functions/_rung
	install -m 644 completions/rung.fish \
	    $(share)/fish/vendor_completions.d/rung.fish
	install -m 644 LICENSE README.md docs/events.schema.json \
	    $(share)/doc/rung
	install -m 644 docs/examples/*.* $(share)/doc/rung/examples
	install -m 644 docs/examples/webchat/* $(share)/doc/rung/examples/webchat

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/rung $(share)/man/man1/rung.1 \
	    $(share)/bash-completion/completions/rung \
	    $(share)/zsh/site-functions/_rung \
	    $(share)/fish/vendor_completions.d/rung.fish
	rm -rf $(share)/doc/rung

clean:
	rm -rf build rung

# Prints the directory of this variant, for scripts.
where:
	@echo $O

-include $(patsubst %.o,%.d,$(call obj,src/main.c $(SRC) $(CMD) $(UNIT) \
	$(FUZZ) $(STRESS) $(TESTLIB))) $(patsubst %.c,$O/%.d,$(TOOLS))
