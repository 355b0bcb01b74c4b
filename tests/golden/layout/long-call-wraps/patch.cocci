@@
expression a, b;
@@
- f(a, b)
+ function_with_a_longer_name(a, b, ANOTHER_ARGUMENT_THAT_IS_LONG, AND_ONE_MORE_ARGUMENT)
