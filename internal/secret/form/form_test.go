package form

import (
	"strings"
	"testing"
)

// known are secrets with what a device shows for them.
var known = []struct{ from, secret, word, shown string }{
	{"passlib, tests of md5_crypt", "test", "5", "$1$ec6XvcoW$ghEtNK2U1MC5l.Dwgi3020"},
	{"passlib, tests of md5_crypt", "4lpHa N|_|M3r1K W/ Cur5Es: #$%(*)(*%#", "5", "$1$jQS7o98J$V6iTcr71CGgwW2laf17pi1"},
	{"openssl passwd -1", "Hello world!", "5", "$1$saltstri$YMyguxXMBpd2TEZ.vS/3q1"},
	{"SHA-crypt.txt", "Hello world!", "5", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"},
	{"SHA-crypt.txt", "Hello world!", "", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"},
	{"SHA-crypt.txt", "a short string", "", "$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD"},
	{"SHA-crypt.txt", "Hello world!", "sha512", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"},
	{"SHA-crypt.txt", "a very much longer text to encrypt.  This one even stretches over morethan one line.", "10",
		"$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"},
	{"John the Ripper, pbkdf2-hmac-sha256", "cisco", "8", "$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs"},
	{"hashcat, mode 9200", "hashcat", "8", "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk"},
	{"John the Ripper, scrypt", "cisco", "9", "$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM"},
	{"hashcat, mode 9300", "hashcat", "9", "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"},
	{"Cisco's own examples", "cisco", "7", "0822455D0A16"},
	{"Crypt::Juniper", "lc", "", "$9$LbHX-wg4Z"},
	{"Crypt::Juniper", "netscreen", "", "$9$41JDk5T3CpBFnCuB1rl8X7-VYq.5"},
}

// TestKnown holds each form against what others have published of it, another secret against the
// same, and what is shown with another character or with more behind it against the secret.
func TestKnown(t *testing.T) {
	for _, c := range known {
		if Compare(c.secret, c.word, c.shown) != Same {
			t.Errorf("%s: %s is not taken for its secret", c.from, c.shown)
		}
		if Compare(c.secret+"x", c.word, c.shown) != Differs || Compare(strings.ToUpper(c.secret), c.word, c.shown) != Differs {
			t.Errorf("%s: %s is taken for another secret", c.from, c.shown)
		}
		last := len(c.shown) - 1
		for _, shown := range []string{c.shown[:last], c.shown + "a", c.shown + "$", c.shown[:last] + map[bool]string{true: "a", false: "b"}[c.shown[last] == 'b']} {
			if Compare(c.secret, c.word, shown) == Same {
				t.Errorf("%s: %s is taken for %s", c.from, shown, c.shown)
			}
		}
	}
}

// TestBounds holds that nothing is computed which a device could make long, and that what is not a
// form says nothing.
func TestBounds(t *testing.T) {
	const sum = "svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
	for _, shown := range []string{
		"", "$", "$$", "$6$", "$6$$", "$6$salt", "cisco", "7", "08",
		"$6$rounds=999999999$saltstring$" + sum, "$5$rounds=999999999999999999999999$a$b", "$6$rounds=200001$saltstring$" + sum,
		"$6$rounds=999$saltstring$" + sum, "$6$rounds=05000$saltstring$" + sum, "$6$rounds=+5000$saltstring$" + sum, "$6$rounds=-1$s$" + sum,
		"$6$saltstringsaltstring$" + sum, "$6$" + strings.Repeat("s", 1000) + "$" + sum, "$6$salt$" + sum + "$more",
		"$1$saltstring$YMyguxXMBpd2TEZ.vS/3q1", "$2b$12$abcdefghijklmnopqrstuv", "$ar2$a$b", "$y$j9T$a$b", "$14$a$b$c",
		"$9$", "$9$L", "$9$LL", "$9$QQ", "$9$!!!!", "$9$LbHX-wg4Z" + strings.Repeat("Q", 9999), "$9$LbHXXXXXX",
		"9922455D0A16", "0x22455D0A16", "08224", "08ZZ", strings.Repeat("08", 10_000),
	} {
		if v := Compare("Hello world!", "7", shown); v != Unknown {
			t.Errorf("%.60s: %v, want nothing", shown, v)
		}
	}
	if Compare("cisco", "", "0822455D0A16") != Unknown {
		t.Error("what no line calls type 7 is turned back")
	}
	if Compare("", "7", "08") != Unknown || Compare(strings.Repeat("x", 257), "6", known[6].shown) != Unknown {
		t.Error("no secret, or an endless one, is compared")
	}
}

// FuzzCompare holds that no text of a device stops the comparison, or is taken for two secrets.
func FuzzCompare(f *testing.F) {
	for _, c := range known {
		f.Add(c.secret, c.word, c.shown)
	}
	f.Fuzz(func(t *testing.T, secret, word, shown string) {
		if Compare(secret, word, shown) == Same && Compare(secret+"x", word, shown) == Same {
			t.Errorf("%q is two secrets", shown)
		}
	})
}
