// Kind: a statement moves.
@@
expression d, x;
@@
- dev_set_drvdata(d, x);
  ... when any
      when != dev_set_drvdata(d, x);
+ dev_set_drvdata(d, x);
return 0;
