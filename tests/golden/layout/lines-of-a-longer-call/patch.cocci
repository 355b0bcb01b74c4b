// Lines of a list stay where they are unless new code in front of them would leave them to the left of the list.
@@
expression list args;
@@
- report(
+ report_of_unit(dev,
  args)
