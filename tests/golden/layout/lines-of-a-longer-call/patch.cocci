// Lines of a list stay where they are, but for those that stood behind a bracket that moves.
@@
expression list args;
@@
- report(
+ report_of_unit(dev,
  args)
