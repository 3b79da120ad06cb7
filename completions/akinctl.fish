# Completion of akinctl(8) for fish.

set -l commands start stop restart status nic reload confirm rollback log \
    monitor

complete -c akinctl -f

function __akinctl_command -a name text -V commands
    complete -c akinctl -n "not __fish_seen_subcommand_from $commands" \
        -a $name -d $text
end

__akinctl_command start "Put the policy in force, start akind if need be"
__akinctl_command stop "Take the rules out that are akin's"
__akinctl_command restart "Read everything anew, NAT daemons included"
__akinctl_command status "What is in force"
__akinctl_command nic "The active card"
__akinctl_command reload "Read the policy again"
__akinctl_command confirm "Keep the ruleset that waits for it"
__akinctl_command rollback "Go back to the ruleset before"
__akinctl_command log "What akind has done"
__akinctl_command monitor "All of it, live"
functions -e __akinctl_command

complete -c akinctl -l socket -r -F -d "Where akind listens"
complete -c akinctl -l json -d "For programs"
complete -c akinctl -n "__fish_seen_subcommand_from reload" \
    -l confirm -x -d "Go back after seconds, unless confirmed"
complete -c akinctl -n "__fish_seen_subcommand_from reload" \
    -l force -d "Even if this login is cut off"
complete -c akinctl -n "__fish_seen_subcommand_from log" \
    -s f -l follow -d "Go on with what comes"
complete -c akinctl -n "__fish_seen_subcommand_from log" \
    -s n -l lines -x -d "As many to begin with"
complete -c akinctl -n "__fish_seen_subcommand_from monitor" \
    -s i -l interval -x -d "Every so many seconds"
complete -c akinctl -n "__fish_seen_subcommand_from monitor" \
    -l denials -r -F -d "Where the kernel's log goes"
complete -c akinctl -n "__fish_seen_subcommand_from start stop restart" \
    -l service -r -F -d "The program that starts services"
complete -c akinctl -s h -l help -d "Print the options"
complete -c akinctl -l version -d "Print the version"
