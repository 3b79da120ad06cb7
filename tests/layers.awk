# Who may include whom, and who may touch the system.
#
# A layer uses the layers below it and no other.  What stands below the command
# line neither prints nor ends the process nor reads the environment, and
# nothing but the runtime and the emulator knows the network of this machine,
# so that the output does not depend on where it was made.

BEGIN {
	may["base"] = "base"
	may["set"] = "base set"
	may["grammar"] = "base grammar"
	may["sema"] = "base set grammar sema"
	may["ir"] = "base set sema ir"
	may["opt"] = "base set sema ir opt"
	may["target"] = "base set sema ir target"
	may["eval"] = "base set sema target eval"
	may["eval/emu"] = "base set sema target eval eval/emu"
	may["prove"] = "base set sema target eval prove"
	may["analyse"] = "base set sema target eval prove analyse"
	may["cli"] = "base set grammar sema ir opt target eval prove analyse cli " \
	    "runtime runtime/apply"
	may["runtime"] = "base runtime"
	may["runtime/apply"] = "base runtime runtime/apply"
	may["runtime/watch"] = "base runtime runtime/watch"
	may["runtime/control"] = "base runtime runtime/control"
	may["runtime/daemon"] = "base runtime runtime/apply runtime/watch " \
	    "runtime/control runtime/daemon"

	network = "^(sys/(socket|un)|netinet/.*|net/.*|arpa/.*|netdb|" \
	    "ifaddrs|linux/.*)[.]h$"
	word = "(^|[^A-Za-z0-9_.>])"
	quits = word "(exit|_exit|_Exit|quick_exit)[(]"
	prints = word "(printf|vprintf|puts|putchar|perror)[(]|" \
	    word "(fprintf|vfprintf|fputs|fputc|putc|fwrite)[(].*(stdout|stderr)"
	environment = word "(getenv|secure_getenv|setenv|putenv)[(]"
}

function complain(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad[FILENAME] = 1
}

# The layer of a path below compiler/; the folders of a target are part of it.
function layer_of(path)
{
	sub(/^compiler\//, "", path)
	sub(/\/[^\/]*$/, "", path)
	if (path ~ /^target\//)
		return "target"
	return path
}

function allowed(from, to)
{
	return index(" " may[from] " ", " " to " ") > 0
}

# Writing rules and reading them back share the rule type alone, or else the
# proof would repeat the mistakes of what it proves.
function check_legs(header)
{
	if (FILENAME !~ /^compiler\/target\/ipfw\//)
		return
	if (FILENAME ~ /\/(lower\/|text\/write)/ &&
	    header ~ /\/(text\/read|engine\/)/)
		complain(file " must not include " header)
	if (FILENAME ~ /\/(engine\/|text\/read)/ && header ~ /\/lower\//)
		complain(file " must not include " header)
}

FNR == 1 {
	files++
	file = FILENAME
	sub(/.*\//, "", file)
	layer = layer_of(FILENAME)
	if (!(layer in may))
		complain("folder " layer " is no layer; tell tests/layers.sh")
}

# A comment may name exit(3).
/^\t*(\/[*]| [*]( |$))/ { next }

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	if (part[2] !~ /\//)
		complain("include \"" part[2] "\" with its folder")
	else if (!allowed(layer, layer_of(part[2])))
		complain(layer " must not include " part[2])
	check_legs(part[2])
}

/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, part, /[<>]/)
	if (part[2] ~ network && layer !~ /^(runtime(\/.*)?|eval\/emu)$/)
		complain(layer " must not include <" part[2] ">")
}

$0 ~ quits && layer !~ /^(cli|runtime(\/.*)?|eval\/emu)$/ {
	complain(layer " must not end the process")
}
$0 ~ prints && layer !~ /^(cli|runtime(\/.*)?|eval\/emu)$/ {
	complain(layer " must not print")
}
$0 ~ environment && layer !~ /^(cli|runtime\/.*|eval\/emu)$/ {
	complain(layer " must not read the environment")
}

END {
	for (name in bad)
		failed++
	printf "%d passed, %d failed\n", files - failed, failed
	exit (failed > 0)
}
