package strict

import (
	"encoding"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
)

// Shape is what can be said of a value without reading it: for editors and for pages. It
// never refuses what the reader takes; where a pattern cannot say all, the reader refuses
// more.
type Shape struct {
	Word    string   // what a person calls such a value
	Pattern string   // what it looks like, anchored, for any dialect of patterns
	Longest int      // in characters; 0 where there is no bound
	Not     []string // words, or numbers, that have a meaning of their own
	Number  bool
	Bare    bool // text that may look like a number: it needs no quotes then
	Truth   bool
	Low     int64 // of a number, and of text that looks like one
	High    int64
}

// Shaped is a type of scalars that says its shape. A type that decodes itself must.
type Shaped interface{ Shape() Shape }

// The patterns of what is written in one way everywhere.
const (
	WordPattern   = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	textChars     = `[A-Za-z0-9._,:/()+@=-]`
	TextPattern   = `^(` + textChars + `+ )*` + textChars + `*[A-Za-z0-9.)]$`
	octet         = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	four          = octet + `(\.` + octet + `){3}`
	group         = `(0|[1-9a-f][0-9a-f]{0,3})`
	six           = `((` + group + `:){7}` + group + `|(` + group + `:){1,7}:|(` + group + `:){1,6}:` + group + `|(` + group + `:){1,5}(:` + group + `){2}|(` + group + `:){1,4}(:` + group + `){3}|(` + group + `:){1,3}(:` + group + `){4}|(` + group + `:){1,2}(:` + group + `){5}|` + group + `:(:` + group + `){6}|:(:` + group + `){1,7}|::)`
	AddrPattern   = `^(` + four + `|` + six + `)$`
	PrefixPattern = `^(` + four + `/(3[0-2]|[12]?[0-9])|` + six + `/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`
	DatePattern   = `^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$`
	partPattern   = `[A-Za-z0-9._-]+`
	labelPattern  = `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`
	hostPattern   = labelPattern + `(\.` + labelPattern + `)*`
)

// Reserved are the words that no object can be called.
func Reserved() []string { return append([]string(nil), reserved...) }

// shapes are those of the grammars that a tag can ask for.
var shapes = map[string]Shape{
	"name":     {Word: "name", Pattern: WordPattern, Longest: 40, Not: reserved},
	"platform": {Word: "platform", Pattern: WordPattern, Longest: 40, Not: reserved},
	"text":     {Word: "text", Pattern: `^[A-Za-z0-9](( ?` + textChars + `)* ?[A-Za-z0-9.)])?$`, Longest: 80},
	"user":     {Word: "login name", Pattern: `^[A-Za-z][A-Za-z0-9._-]*$`, Longest: 32},
	"fqdn":     {Word: "domain name", Pattern: `^` + hostPattern + `$`, Longest: 253},
	"email":    {Word: "e-mail address", Pattern: `^[A-Za-z0-9._+-]+@` + hostPattern + `$`},
	"date":     {Word: "date", Pattern: DatePattern},
	"pin":      {Word: "host key", Pattern: `^((ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) [A-Za-z0-9+/]+={0,2}|spki-sha256:[0-9a-f]{64})$`},
	"spki":     {Word: "digest of a key", Pattern: `^spki-sha256:[0-9a-f]{64}$`},
}

// Shape is what a reference to a secret looks like.
func (Secret) Shape() Shape {
	return Shape{Word: "secret", Pattern: `^secret://[a-z][a-z0-9]*(-[a-z0-9]+)*(/` + partPattern + `)+#` + partPattern + `$`}
}

// ShapeOf gives the shape of a type of scalars whose field has the tag is; false where the
// type decodes itself and does not say it.
func ShapeOf(t reflect.Type, is string) (Shape, bool) {
	v := reflect.New(t)
	switch x := v.Interface().(type) {
	case Shaped:
		return x.Shape(), true
	case *netip.Addr:
		return Shape{Word: "address", Pattern: AddrPattern}, true
	case *netip.Prefix:
		return Shape{Word: "prefix", Pattern: PrefixPattern}, true
	case encoding.TextUnmarshaler:
		return Shape{}, false
	}
	switch {
	case t.Kind() == reflect.Bool:
		return Shape{Word: "`true` or `false`", Truth: true}, true
	case v.Elem().CanInt() || v.Elem().CanUint():
		return bounded(v.Elem(), is), true
	case t.Kind() == reflect.String && is != "":
		return shapes[is], true
	}
	return Shape{Word: "word"}, t.Kind() == reflect.String
}

// bounded gives a number the bounds of its tag, else those of its type.
func bounded(v reflect.Value, is string) Shape {
	s := Shape{Word: "whole number", Number: true, High: math.MaxInt64}
	if bits := v.Type().Bits(); v.CanUint() && bits < 64 {
		s.High = 1<<bits - 1
	} else if v.CanInt() {
		s.Low, s.High = -1<<(bits-1), 1<<(bits-1)-1
	}
	low, high, _ := strings.Cut(is, "..")
	if n, err := strconv.ParseInt(low, 10, 64); err == nil {
		s.Low = n
	}
	if n, err := strconv.ParseInt(high, 10, 64); err == nil {
		s.High = n
	}
	return s
}
