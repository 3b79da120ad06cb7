# Compare the answers of a session with loose expectations.
#
#	awk -f packets.awk EXPECTED ANSWERS
#
# EXPECTED is a file of tests/packets, ANSWERS what ipfw-emu answered to its
# session, in which the step "load" has become commands.  A step without an
# expectation must not fail, and that is all.  Ends with the numbers of
# expectations that passed and failed; tests/packets.sh says what an
# expectation is.

function complain(what)
{
	failed++
	printf "%s: %s\n    > %s\n    = %s\n", name, what, step[at], answer
	if (want[at] != "")
		printf "    expected: %s\n", want[at]
}

# Is there an event or a rule on the path whose name is WORD?
function happened(word,    i)
{
	for (i = 1; i <= n_items; i++)
		if (item[i] == word || index(item[i], word "@") == 1 ||
		    index(item[i], word ":") == 1)
			return 1
	return 0
}

# Was an address changed as "src=192.0.2.10" or "dst=192.0.2.10:80" says?
function rewritten(how)
{
	return index(answer, "(" how ")") || index(answer, "(" how ":")
}

function read_answer(    n, i, j, words, parts, list)
{
	split("", field)
	n_items = 0
	n = split(answer, words, " ")
	verdict = words[1]
	for (i = 2; i <= n; i++) {
		j = index(words[i], "=")
		list = substr(words[i], j + 1)
		field[substr(words[i], 1, j - 1)] = list
		if (words[i] ~ /^(ev|path)=/)
			for (j = split(list, parts, ","); j > 0; j--)
				item[++n_items] = parts[j]
	}
}

function verdict_is(word)
{
	if (word == "refused")
		return verdict ~ /^(deny|reset|unreach6?-[0-9]+)$/
	return verdict == word
}

function holds(word,    n, key, value)
{
	if (word ~ /^!/)
		return !holds(substr(word, 2))
	if (word ~ /^(src|dst)=/)
		return rewritten(word)
	if ((n = index(word, "<=")) > 0)
		return field[substr(word, 1, n - 1)] + 0 <= \
		    substr(word, n + 2) + 0
	if ((n = index(word, "=")) == 0)
		return happened(word)
	key = substr(word, 1, n - 1)
	value = substr(word, n + 1)
	return key in field && (field[key] == value ||
	    index(field[key], value "@") == 1 ||
	    index(field[key], value "/") == 1)
}

function judge(    n, i, words)
{
	if (at == 0 || judged)
		return
	judged = 1
	if (want[at] == "") {
		if (answer ~ /(^|\n)(error:|rc=)/)
			complain("the step failed")
		return
	}
	read_answer()
	n = split(want[at], words, " ")
	for (i = 1; i <= n; i++)
		if (!(i == 1 ? verdict_is(words[i]) : holds(words[i]))) {
			complain("not " words[i])
			return
		}
	passed++
}

FNR == 1 { file++ }
file == 1 && /^> / { step[++n_steps] = substr($0, 3); want[n_steps] = "" }
file == 1 && /^= / && n_steps > 0 { want[n_steps] = substr($0, 3) }
file == 1 { next }

/^> / {
	judge()
	answer = ""
	judged = 0
	while (at < n_steps && step[at + 1] ~ /^load /)
		at++
	if (substr($0, 3) == step[at + 1])
		at++
	else
		judged = 1
	inserted = judged ? substr($0, 3) : ""
	next
}
/^= / {
	answer = answer == "" ? substr($0, 3) : answer "\n" substr($0, 3)
	if (inserted != "" && $0 ~ /^= (error:|rc=)/) {
		failed++
		printf "%s: refused: %s\n    %s\n", name, inserted, $0
	}
}

END {
	judge()
	while (at < n_steps && step[at + 1] ~ /^load /)
		at++
	if (at < n_steps) {
		failed++
		printf "%s: the session ended before: %s\n", name, step[at + 1]
	}
	print passed + 0, failed + 0 > counts
}
