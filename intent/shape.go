package intent

import "plumbline/internal/strict"

// What the scalars of this package look like, beside what UnmarshalText takes: a test
// holds that a pattern refuses nothing that is taken.

// Shape is what a name looks like.
func (Name) Shape() strict.Shape {
	return strict.Shape{Word: "name", Pattern: strict.WordPattern, Longest: 40, Not: reserved}
}

// Shape is what an interface is called.
func (Interface) Shape() strict.Shape {
	return strict.Shape{Word: "interface", Pattern: `^[A-Za-z][A-Za-z0-9/.:-]*$`, Longest: 40}
}

// Shape is the range of AS numbers.
func (ASN) Shape() strict.Shape {
	return strict.Shape{Word: "AS number", Number: true, Low: 1, High: 1<<32 - 2, Not: []string{"23456", "65535"}}
}

// Shape is what an address looks like.
func (Address) Shape() strict.Shape {
	return strict.Shape{Word: "address", Pattern: strict.AddrPattern}
}

// Shape is what a prefix looks like.
func (Prefix) Shape() strict.Shape {
	return strict.Shape{Word: "prefix", Pattern: strict.PrefixPattern}
}

// Shape is what the address of an interface looks like.
func (IfAddr) Shape() strict.Shape {
	return strict.Shape{Word: "address with length", Pattern: strict.PrefixPattern}
}

// Shape is what a remark looks like.
func (Text) Shape() strict.Shape {
	return strict.Shape{Word: "text", Pattern: strict.TextPattern, Longest: 80}
}

// Shape is what a hardware address of ours looks like.
func (MAC) Shape() strict.Shape {
	return strict.Shape{Word: "MAC address", Pattern: `^[0-9a-f][26ae](:[0-9a-f]{2}){5}$`}
}

// Shape is what a registry set is called.
func (IRRSet) Shape() strict.Shape {
	const as, set = `AS[0-9]+`, `AS-[A-Z0-9_-]+`
	const any = `(` + as + `|` + set + `)`
	return strict.Shape{Word: "registry set", Pattern: `^(` + as + `|` + set + `(:` + any + `){0,3}|` + as + `:` + set +
		`(:` + any + `){0,2}|` + as + `:` + as + `:` + set + `(:` + any + `)?|` + as + `:` + as + `:` + as + `:` + set + `)$`}
}

// Shape is what the place of a block looks like.
func (Section) Shape() strict.Shape {
	return strict.Shape{Word: "section", Pattern: `^[!-~]([ -~]*[!-~])?$`, Longest: 200}
}

// Shape is what somebody who answers is called.
func (Person) Shape() strict.Shape {
	const word = `[A-Za-z0-9._+-]+`
	return strict.Shape{Word: "person", Pattern: `^(@` + word + `(/` + word + `)?|` + word + `@` + word + `)$`, Longest: 120}
}

// Shape is what a day looks like.
func (Date) Shape() strict.Shape {
	return strict.Shape{Word: "date", Pattern: strict.DatePattern}
}

// Shape is what a number of seconds looks like.
func (Seconds) Shape() strict.Shape {
	return strict.Shape{Word: "whole number and s", Pattern: `^[1-9][0-9]{0,9}s$`}
}

// Shape is what a number of milliseconds looks like.
func (Millis) Shape() strict.Shape {
	return strict.Shape{Word: "whole number and ms", Pattern: `^[1-9][0-9]{0,9}ms$`}
}

// Shape is what the name of a zone looks like.
func (Timezone) Shape() strict.Shape {
	return strict.Shape{Word: "zone of the IANA", Pattern: `^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`}
}
