package tree

import (
	"bytes"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Hidden is what stands where a secret stood.
const Hidden = "<secret>"

// telling are words behind which a line that no rule knows may hold a secret.
var telling = []string{"password", "secret", "passphrase", "key", "keystring", "key-string", "md5", "psk",
	"key-octet-string", "passwd", "auth", "priv", "string", "cak", "community", "token", "bearer", "passcode", "credential", "credentials",
	"plaintext", "cleartext", "key-hash", "v3-auth", "v3-priv"}

// endings are those of further such words.
var endings = []string{"-key", "_key", "apikey", "password", "-password-value", "passphrase", "secret", "-token", "-psk"}

// besides and valued are words between a host of SNMP and its community, alone and with a value; modes
// are no proof of anybody.
var (
	besides = []string{"traps", "informs", "trap", "inform", "1", "2c", "3", "auth", "noauth", "priv"}
	modes   = []string{"message-digest", "null", "none", "md5", "simple", "open", "required", "optional"}
	granted = []string{"authorization", "ro", "rw", "read-only", "read-write"} // what a community of SNMP may
	valued  = []string{"version", "vrf", "use-vrf", "filter-vrf", "source-interface", "udp-port", "port"}
)

// hashed are beginnings of words that are a secret wherever they stand, hashed or in a form that can be read back.
var hashed = []string{"$1$", "$5$", "$6$", "$8$", "$9$", "$2a$", "$2b$", "$2y$", "$14$", "$sha512$", "$aes1$"}

// shown is a line for people: canonical, with no secret in it. What a rule knows is hidden by
// its slot; in what no rule knows all is hidden behind a word that tells of one.
func (t *Tree) shown(n *node) string {
	m := t.match(n)
	switch {
	case m == nil || opaque(m.rule):
		head, _ := t.concealed(n)
		return head
	case m.veiled() == "":
		return m.line
	case m.neg:
		return t.d.Negate + " " + m.shown
	}
	return m.shown
}

// opaque tells whether a rule takes the rest of a line as it is.
func opaque(r *dialect.Rule) bool {
	return slices.ContainsFunc(r.Pattern, func(e dialect.Elem) bool { return e.Kind == dialect.Rest })
}

// concealed parts a line of unknown meaning, all of which is secret under a header that ends with a word that
// tells of one.
func (t *Tree) concealed(n *node) (shown, secret string) {
	for p := n.parent; p != nil && p.parent != nil && t.rule(p) == nil; p = p.parent {
		head := strings.ToLower(t.line(p))
		if tells(strings.Trim(head[strings.LastIndexByte(head, ' ')+1:], `":;`)) {
			return Hidden, t.line(n)
		}
	}
	line := t.line(n)
	shown, secret = cut(line)
	words := strings.Fields(line)
	if i := t.proves(words); i > 0 {
		if head := strings.Join(words[:i], " ") + " " + Hidden; secret == "" || len(head) < len(shown) {
			return head, strings.Join(words[i:], " ")
		}
	}
	return shown, secret
}

// proves finds the word with which a line proves who speaks, where only its place tells of it: the
// community behind a host of SNMP, and what ends a line behind "authentication" and is no word of the
// language; 0 is none.
func (t *Tree) proves(words []string) int {
	last := len(words) - 1
	if at := slices.Index(words, "host"); at > 0 && strings.HasPrefix(words[0], "snmp") {
		for i := at + 2; i <= last; i++ {
			switch {
			case slices.Contains(besides, words[i]):
			case slices.Contains(valued, words[i]):
				i++
			default:
				return i
			}
		}
	}
	for i := range last {
		if behind := t.betrays(words[i:]); behind > 0 {
			return i + behind
		}
	}
	if at := slices.Index(words, "authentication"); at >= 0 && (last == at+1 || last == at+2 && words[at+1] == "text") && !t.d.Spoken(words[last]) && !slices.Contains(modes, words[last]) {
		return last
	}
	return 0
}

// betrays tells how far behind the first of some words a secret stands that this word and those next to it tell of:
// the key of an algorithm with its SPI, the community of SNMP that somebody is granted something by, a PIN, and
// behind an algorithm, a hash or a login what no word of any language looks like; 0 is none.
func (t *Tree) betrays(words []string) int {
	word := strings.ToLower(bare(words[0]))
	switch {
	case word == "spi" && plain(words[1]) && len(words) > 3:
		return 3
	case word == "community" && len(words) > 2 && slices.Contains(granted, strings.ToLower(bare(words[2]))):
		return 1
	case word == "pin" && len(bare(words[1])) > 3 && plain(bare(words[1])):
		return 1
	case word == "hash", word == "login", strings.HasPrefix(word, "hmac-"), strings.HasPrefix(word, "sha") && plain(strings.ReplaceAll(word[3:], "-", "")):
		return 1 + slices.IndexFunc(words[1:], drawn)
	}
	return 0
}

// drawn tells whether a word looks drawn at random: many digits of a hash, or letters of both sizes with digits not only at the end.
func drawn(word string) bool {
	word = bare(word)
	if len(word) < 8 || strings.ContainsAny(word, "/.:-") {
		return false
	}
	if len(word) >= 16 && strings.Trim(strings.ToLower(word), "0123456789abcdef") == "" {
		return true
	}
	has := func(set string) bool { return strings.ContainsAny(strings.TrimRight(word, "0123456789"), set) }
	return has("0123456789") && has("abcdefghijklmnopqrstuvwxyz") && has("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// cut parts a line of unknown meaning at the first word that tells of a secret.
func cut(line string) (shown, secret string) {
	words := strings.Fields(line)
	for i, w := range words {
		if _, way, ok := strings.Cut(w, "://"); ok && strings.Contains(way, "@") { // scheme://user:password@host
			return strings.Join(append(words[:i:i], Hidden), " "), strings.Join(words[i:], " ")
		}
		if form := bare(w); slices.ContainsFunc(hashed, func(h string) bool { return strings.HasPrefix(form, h) }) {
			return strings.TrimSpace(strings.Join(words[:i], " ") + " " + Hidden), strings.Join(words[i:], " ")
		}
		if carries(w) {
			return strings.TrimSpace(strings.Join(words[:i], " ") + " " + Hidden), strings.Join(words[i:], " ")
		}
		if i == len(words)-1 {
			break
		}
		w = strings.ToLower(strings.Trim(w, `":;`))
		last := words[len(words)-1]
		switch {
		case !tells(w):
			continue
		case w == "key" && (words[i+1] == "chain" || plain(last) && i == len(words)-2), w == "community" && !strings.HasPrefix(words[0], "snmp") && (len(words) != 2 || strings.Contains(line, ":")):
			continue
		}
		return strings.Join(words[:i+1], " ") + " " + Hidden, strings.Join(words[i+1:], " ")
	}
	return line, ""
}

// carries tells whether a word says in one of its parts that a secret follows in it: -cvauth=key,SECRET.
func carries(word string) bool {
	parts := strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune("=,?&", r) })
	return len(parts) > 1 && slices.ContainsFunc(parts[:len(parts)-1], tells)
}

// tells tells whether a word says that what follows may be a secret.
func tells(word string) bool {
	return slices.Contains(telling, word) || word != "nopassword" && slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(word, end) })
}

// plain tells whether a word is a number and no more: "key 1" opens a block.
func plain(w string) bool { return strings.Trim(w, "0123456789") == "" }

// Secrets gives every value that a tree holds in a place of secrets, as it stands there.
// What must not tell them, hides them. References to stores are none.
func Secrets(t *Tree) (out []string) {
	t.settle(t.root)
	t.root.walk(func(n *node) {
		out = append(out, t.secrets(n)...)
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *Tree) secrets(n *node) (out []string) {
	m := t.match(n)
	if m == nil || opaque(m.rule) {
		_, rest := t.concealed(n)
		words := dialect.Words(rest)
		for i, w := range words { // which of them it is, nobody knows
			w = bare(w)
			last := i == len(words)-1
			if slices.Contains(telling, w) && !last || len(out) > 0 && (t.d.Spoken(w) || isAddress(w)) {
				continue // another line that says it would be hidden as well
			}
			if len(w) > 3 || last && len(out) == 0 && w != "" {
				out = append(out, w)
			}
		}
		return out
	}
	if m.veiled() == "" {
		return nil
	}
	for _, e := range dialect.Slots(m.rule.Pattern) {
		if e.Type != "secret" || placeholder(m.slot(e.Name)) {
			continue
		}
		if words := strings.Fields(m.slot(e.Name)); len(words) > 0 { // "7 0822455D": the form comes first
			out = append(out, bare(words[len(words)-1]))
		}
	}
	return out
}

// bare is a word without the quotes about it and the mark behind it.
func bare(w string) string { return strings.Trim(w, `"';`) }

// Hide writes text without the secrets: whole words alone are replaced.
func Hide(text string, secrets []string) string {
	return HideAs(text, secrets, func(string) string { return Hidden })
}

// HideAs is Hide with words of the caller's for each secret. They are in order, as Secrets gives
// them.
func HideAs(text string, secrets []string, as func(secret string) string) string {
	if len(secrets) == 0 {
		return text
	}
	for _, s := range secrets { // one that is no whole word in any text
		if strings.IndexFunc(s, edge) >= 0 && len(s) > 3 && strings.Contains(text, s) {
			text = strings.ReplaceAll(text, s, as(s))
		}
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		n := strings.IndexFunc(text[i:], edge)
		if n < 0 {
			n = len(text) - i
		}
		word, tail := text[i:i+n], ""
		if bareWord := strings.TrimRight(word, ";,."); len(bareWord) < len(word) && !held(word, secrets) {
			word, tail = bareWord, word[len(bareWord):]
		}
		b.WriteString(instead(word, secrets, as) + tail)
		if i += n; i < len(text) {
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}

// Conceals tells whether Hide took something out of a text.
func Conceals(text []byte) bool { return bytes.Contains(text, []byte(Hidden)) }

// instead is what stands for a word: where it is none itself, the parts of it are looked at, as in
// user:password and key=value.
func instead(word string, secrets []string, as func(string) string) string {
	if held(word, secrets) {
		return as(word)
	}
	for i := 0; i < len(word); {
		n := strings.IndexAny(word[i:], joints)
		if n < 0 {
			n = len(word) - i
		}
		if part := word[i : i+n]; n < len(word) && held(part, secrets) {
			word = word[:i] + as(part) + word[i+n:]
			n = len(as(part))
		}
		i += n + 1
	}
	return word
}

// joints are what a word is put together with, where a secret is one of its parts.
const joints = ":=@/,&?()[]{}"

func held(word string, secrets []string) bool {
	_, found := slices.BinarySearch(secrets, word)
	return found
}

// edge tells where a word ends, in a configuration, in JSON and in HTML. All of them are one
// byte long.
func edge(r rune) bool { return strings.ContainsRune(" \t\r\n\"'`<>", r) }
