package dialect

import "slices"

// Type is the type of a slot as a number, so that to ask for it costs nothing.
type Type uint8

// The types, as Types names them; 0 is none.
const (
	_ Type = iota
	TypeWord
	TypeText
	TypeQuoted
	TypeInt
	TypeEnum
	TypeIP
	TypePrefix
	TypeIPMask
	TypeIfname
	TypePeer
	TypeNexthop
	TypeArea
	TypeASN
	TypeCommunity
	TypeCommunities
	TypeList
	TypeNames
	TypeRoutes
	TypeSecret
	TypeRD
	TypeRT
	TypeIDs
	TypeMAC
	TypePort
	TypeACE
	TypeWildcard
	TypeBlob
)

func typeOf(name string) Type { return Type(slices.Index(Types, name) + 1) }

// Enters tells whether an entry of a list of packets begins with a word.
func Enters(word string) bool {
	switch word {
	case "permit", "deny", "remark", "evaluate", "dynamic":
		return true
	}
	return false
}

// Many tells whether a slot takes all the words that the rest of the pattern leaves.
func (e *Elem) Many() bool {
	switch e.Is {
	case TypeText, TypeQuoted, TypeCommunities, TypeList, TypeNames, TypeRoutes, TypeBlob, TypeACE:
		return true
	case TypeSecret: // one of the form "word" is a word; what others are begins with their form
		return len(e.Enum) != 1 || e.Enum[0] != "word"
	}
	return false
}
