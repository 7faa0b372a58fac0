package repo

import (
	"errors"

	"github.com/go-git/go-git/v5/config"
)

// User is who commits from this clone: user.name and user.email of Git's configuration.
func (r *Repo) User() (Person, error) {
	c, err := r.git.ConfigScoped(config.GlobalScope)
	if err != nil || c.User.Email == "" {
		return Person{}, errors.New("Git does not know who commits here: set user.name and user.email with git config")
	}
	return Person{Name: c.User.Name, Email: c.User.Email}, nil
}

// SetUser writes who commits into this clone's own configuration.
func (r *Repo) SetUser(p Person) error {
	c, err := r.git.Config()
	if err != nil {
		return err
	}
	c.User.Name, c.User.Email = p.Name, p.Email
	return r.git.SetConfig(c)
}
