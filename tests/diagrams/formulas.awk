# Random formulas, one a line, as show.c reads them: trees of all operators, and
# unions of boxes, an interval of one address by an interval of another, less
# other such unions.  They grow with their number.
#
#     awk -v count=600 -v seed=1 -f formulas.awk

# The minimal standard generator: every awk counts so far without rounding.
function below(n)
{
	seed = seed * 16807 % 2147483647
	return seed % n
}

function tree(leaves,    left, kind)
{
	if (leaves <= 1)
		return below(variables) (below(3) ? "" : " !")
	left = 1 + below(leaves - 1)
	kind = below(6)
	if (kind == 0 && left > 1)
		return tree(left - 1) " " tree(1) " " tree(leaves - left) " ?"
	return tree(left) " " tree(leaves - left) " " \
	    substr("&|^-&|", kind + 1, 1) (below(8) ? "" : " !")
}

# The addresses that begin with the first BITS bits of VALUE, all for nought: a
# variable or its negation, less what the bits say.
function prefix(first, value, bits,    text, i, bit)
{
	text = first " " first " ! |"
	for (i = 0; i < bits; i++) {
		bit = int(value / 2 ^ (width - 1 - i)) % 2
		text = text " " (first + i) (bit ? "" : " !") " &"
	}
	return text
}

# From LOW to HIGH, both included: the largest aligned blocks, one by one.
function interval(first, low, high,    text, n, bits)
{
	for (; low <= high; low += 2 ^ (width - bits)) {
		bits = width
		while (bits > 0 && low % 2 ^ (width - bits + 1) == 0 &&
		    low + 2 ^ (width - bits + 1) - 1 <= high)
			bits--
		text = text prefix(first, low, bits) " "
		n++
	}
	return text "+" n
}

function some_interval(first,    low)
{
	low = below(2 ^ width)
	return interval(first, low, low + below(2 ^ width - low))
}

function boxes(n,    text, i)
{
	for (i = 0; i < n; i++)
		text = text some_interval(0) " " some_interval(width) " & "
	return text "+" n
}

function assignment(    text, i)
{
	for (i = 0; i < variables; i++)
		text = text below(2)
	return "@" text
}

BEGIN {
	variables = 16
	width = variables / 2
	for (number = 1; number <= count; number++) {
		size = 1 + int(number / 8)
		if (number % 4 == 0)
			formula = boxes(1 + int(size / 2))
		else if (number % 4 == 1)
			formula = boxes(1 + int(size / 4)) " " \
			    boxes(1 + int(size / 4)) " -"
		else
			formula = tree(size)
		print formula, "=", assignment(), assignment(), \
		    assignment(), assignment()
	}
}
