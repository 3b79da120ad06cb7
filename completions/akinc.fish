# Completion of akinc(1) for fish.

set -l commands build apply confirm rollback restore status stop check fmt test why prove lockout revoked \
    diff query list explain

function __akinc_words
    command akinc list $argv 2>/dev/null | string replace -r '\s.*' ''
end

function __akinc_cards
    ifconfig -l 2>/dev/null | string split ' '
    or command ls /sys/class/net 2>/dev/null
end

complete -c akinc -f
complete -c akinc -n "not __fish_seen_subcommand_from list explain" \
    -a "(__fish_complete_suffix .akp)"

complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a build -d "Compile a policy"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a apply -d "Put a policy in force on this host"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a confirm -d "What was applied may stay"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a restore -d "What was confirmed last comes again"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a rollback -d "Put the generation before in force"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a status -d "What is in force, and what drifted"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a stop -d "Take out all that akin loaded"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a check -d "Validate only"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a fmt -d "Format policies"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a test -d "Run the tests of policies"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a why -d "What happens to a packet"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a lockout -d "Would the policy cut this login off"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a revoked -d "Live conversations it would refuse"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a diff -d "What a change of policy changes"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a query -d "Who can reach what"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a prove -d "Is the ruleset what the policy means"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a list -d "Services, flavours or passes"
complete -c akinc -n "not __fish_seen_subcommand_from $commands" \
    -a explain -d "What a diagnostic means"

complete -c akinc -n "__fish_seen_subcommand_from list; \
    and not __fish_seen_subcommand_from services flavours passes" \
    -a "services flavours passes"
complete -c akinc -n "__fish_seen_subcommand_from list; \
    and __fish_seen_subcommand_from services" -a "(__akinc_words services)"

complete -c akinc -l emit -x -a "sh rules ir ast json artefact dot" \
    -d "What to print"
complete -c akinc -l explain -d "Print policy lines and their rules"
complete -c akinc -l check \
    -d "Validate only; with fmt, say if it would change"
complete -c akinc -l flavour -x -a "(__akinc_words flavours)" \
    -d "The ipfw that the ruleset is for"
complete -c akinc -l flavour-old -x -a "(__akinc_words flavours)" \
    -d "With diff, compare the old side's ruleset"
complete -c akinc -l flavour-new -x -a "(__akinc_words flavours)" \
    -d "With diff, compare the new side's ruleset"
complete -c akinc -l nic -x -a "(__akinc_cards)" -d "The card behind active"
complete -c akinc -l host -r -d "Facts about the host, YAML"
complete -c akinc -l catalogue -r -d "More services, YAML"
complete -c akinc -l profile -r -d "What is asked how often, YAML"
complete -c akinc -l json -d "Diagnostics as JSON"
complete -c akinc -l format -x -a "tap junit json" \
    -d "Form of the results of tests"
complete -c akinc -l mutate -d "With test, what no test would notice"
complete -c akinc -l rules -r -d "With why, prove and lockout, this ruleset"
complete -c akinc -l no-proof -d "Print a ruleset that is not proved"
complete -c akinc -l without-nat -d "As if no NAT could run"
complete -c akinc -l apply -d "Put the policy in force"
complete -c akinc -s n -l dry-run -d "With apply, only print the plan"
complete -c akinc -l take-over \
    -d "With apply, disable the sets of other rules"
complete -c akinc -l force -d "With apply, although a check refuses"
complete -c akinc -l confirm -x -a "60" \
    -d "With apply, take it back unless confirmed"
complete -c akinc -l probe -x -d "With apply, must still pass after"
complete -c akinc -l revoke \
    -d "With apply, cut what the policy does not admit"
complete -c akinc -l timeout -x -d "With apply, for each command"
complete -c akinc -l ipfw -r -d "Path of ipfw"
complete -c akinc -l natd -r -d "Path of natd"
complete -c akinc -l sbin -r -d "Folder of ipfw, natd, sysctl and kldload"
complete -c akinc -l run-dir -r \
    -d "Folder of what is gone at the next start"
complete -c akinc -l state-dir -r -d "Folder of what is kept"
complete -c akinc -o O0 -d "Do not optimise"
complete -c akinc -o O2 -d "Optimise"
complete -c akinc -l dump-after -x -a "all (__akinc_words passes)" \
    -d "Flows after a pass"
complete -c akinc -s w -l write -d "With fmt, write the file in place"
complete -c akinc -s h -l help -d "Print the options"
complete -c akinc -l version -d "Print the version"
