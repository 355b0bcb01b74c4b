// Kind: an element of an initialiser goes.
@@
identifier s, i;
@@
struct s i = {
  .driver = {
-   .owner = THIS_MODULE,
  },
};

@@
identifier s, i;
@@
struct s i = {
-   .owner = THIS_MODULE,
};
