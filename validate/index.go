package validate

import (
	"cmp"
	"slices"

	"plumbline/internal/diag"
)

// Index lists every rule whose id can stand in a finding about files, intent and the
// network, by id: those of this package, and those that are judged where a file is read.
func Index() []Rule {
	all := slices.Concat(rules, []Rule(nil))
	for _, r := range slices.Concat(fileRules, schemaRules, intentRules) {
		r.Severity, r.JudgedBy = cmp.Or(r.Severity, diag.Fail), "check" // none of them is a note
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// fileRules are held by the reader of files.
var fileRules = []Rule{
	{ID: "file/character", Label: "PL0002", Sentence: "A file holds no tab, carriage return, byte-order mark, control character or character that reorders text.", Motive: "What a reviewer sees must be what is read."},
	{ID: "file/mode", Label: "PL0012", Sentence: "A file is a regular file, no link and not executable.", Motive: "A link out of the tree would read what nobody reviewed."},
	{ID: "file/name", Label: "PL0012", Sentence: "The path of a file is of letters, digits, dot, underscore and hyphen, and its name ends in .yaml.", Motive: "A file under another name would be passed over in silence."},
	{ID: "file/not-utf8", Label: "PL0002", Sentence: "A file is UTF-8.", Motive: "Other encodings read differently on every machine."},
	{ID: "file/too-big", Label: "PL0011", Sentence: "A file has at most 1 MiB and 100,000 values.", Motive: "Nobody reviews more, and hostile files must not stop the check."},
	{ID: "file/too-deep", Label: "PL0011", Sentence: "Lists and objects stand at most 32 deep, brackets at most 6.", Motive: "Nobody can read more."},
	{ID: "file/unreadable", Label: "PL0012", Sentence: "Every file that is needed can be read.", Motive: "What was not read must not count as empty."},
	{ID: "yaml/anchor", Label: "PL0003", Sentence: "No anchors and aliases.", Motive: "A value must be read where it stands."},
	{ID: "yaml/block-text", Label: "PL0009", Sentence: "No block text: a list of lines instead.", Motive: "Its line breaks depend on marks that nobody knows by heart."},
	{ID: "yaml/comment", Label: "PL0016", Sentence: "A comment has a blank after its #.", Motive: "secret://vault/net #md5 lost its end: YAML took it for a comment."},
	{ID: "yaml/directive", Label: "PL0002", Sentence: "No directives and document ends.", Motive: "They change how the rest is read."},
	{ID: "yaml/duplicate-key", Label: "PL0007", Sentence: "A field is given once.", Motive: "Readers of YAML disagree which of two counts."},
	{ID: "yaml/escape", Label: "PL0002", Sentence: "The escapes in double quotes are \\\" and \\\\ alone.", Motive: "Escapes smuggle characters that are not seen."},
	{ID: "yaml/key", Label: "PL0010", Sentence: "A key is one plain word without quotes.", Motive: "One spelling for each field."},
	{ID: "yaml/many-lines", Label: "PL0009", Sentence: "A value, and a list in brackets, stands on one line.", Motive: "Folded text loses line breaks and gains blanks."},
	{ID: "yaml/merge-key", Label: "PL0005", Sentence: "No merge keys.", Motive: "Nothing is inherited."},
	{ID: "yaml/no-value", Label: "PL0008", Sentence: "A key that is given has a value.", Motive: "Cloudflare, February 2026: empty was read as all."},
	{ID: "yaml/quoted", Label: "PL0014", Sentence: "Numbers and truths stand without quotes.", Motive: "One spelling for each value."},
	{ID: "yaml/second-document", Label: "PL0006", Sentence: "A file holds one document.", Motive: "Most readers drop the second without a word."},
	{ID: "yaml/syntax", Label: "PL0001", Sentence: "A file is YAML.", Motive: "What cannot be read cannot be reviewed."},
	{ID: "yaml/tag", Label: "PL0004", Sentence: "No tags: the schema gives the type.", Motive: "A tag changes what a value is."},
	{ID: "yaml/unquoted", Label: "PL0013", Sentence: "Text that another reader takes for a number, a date, a truth or a map is quoted.", Motive: "no is false to some, and 2001:db8:: begins a map."},
}

// schemaRules are held by the types of fields, and by references between objects.
var schemaRules = []Rule{
	{ID: "schema/duplicate-element", Label: "PL0121", Sentence: "A list holds no element twice.", Motive: "One of the two was meant to be another."},
	{ID: "schema/empty", Label: "PL0108", Sentence: "No list, object or file is empty.", Motive: "Empty never means all."},
	{ID: "schema/exactly-one", Label: "PL0109", Sentence: "Of fields that exclude each other exactly one is given.", Motive: "Two answers to one question."},
	{ID: "schema/excluded-field", Label: "PL0109", Sentence: "A field is given only beside those that it goes with.", Motive: "It would have no effect, and look as if it had."},
	{ID: "schema/missing-field", Label: "PL0102", Sentence: "Every field that is needed is given.", Motive: "No hidden defaults."},
	{ID: "schema/not-canonical", Label: "PL0105", Sentence: "A value has one spelling (RFC 5952 for IPv6), and a prefix has no host bits.", Motive: "grep finds every use."},
	{ID: "schema/not-one-of", Label: "PL0106", Sentence: "A word is one of those that the field lists.", Motive: "A word that is nearly right does nothing."},
	{ID: "schema/range", Label: "PL0107", Sentence: "A number, or the length of a list, lies where its field allows.", Motive: "Devices cut or refuse others."},
	{ID: "schema/type", Label: "PL0104", Sentence: "A value has the form that its field wants.", Motive: "0123 is 83 to some, and AS 64512.10 a fraction."},
	{ID: "schema/unknown-field", Label: "R-SCHEMA-1", Sentence: "Every field is one that its kind has.", Motive: "A misspelled field is a setting that is not there."},
	{ID: "schema/unknown-kind", Label: "PL0110", Sentence: "Every object is of a kind that there is.", Motive: "An object of no kind asks for nothing."},
	{ID: "secret/literal", Label: "R-SEC-1", Sentence: "No secret stands in a file.", Motive: "Git never forgets."},
	{ID: "secret/reference", Label: "PL0501", Sentence: "A secret is named as secret://STORE/PATH#FIELD.", Motive: "Other forms would let a change read what it must not."},
	{ID: "reference/duplicate", Label: "PL0203", Sentence: "A name is given once for each kind.", Motive: "A reference must mean one thing."},
	{ID: "reference/interface-taken", Label: "PL0206", Sentence: "An interface belongs to one object.", Motive: "Two objects would write to one port."},
	{ID: "reference/loop", Label: "PL0204", Sentence: "No device is reached through itself.", Motive: "It would never be reached."},
	{ID: "reference/missing", Label: "R-REF-1", Sentence: "Every reference names an object that exists.", Motive: "Git has no referential integrity."},
	{ID: "inventory/group-size", Label: "R-INV-1", Sentence: "A redundancy group has 2 to 4 members.", Motive: "One member protects nothing."},
	{ID: "inventory/no-loopback", Label: "R-INV-1", Sentence: "A router of the backbone has an IPv4 loopback.", Motive: "It is the router id."},
	{ID: "inventory/one-user", Label: "R-INV-1", Sentence: "The user that reads is not the user that writes.", Motive: "Who can only read cannot be made to write."},
}
