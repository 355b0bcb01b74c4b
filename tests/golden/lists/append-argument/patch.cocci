@@
expression list es;
@@
  f(es
+   , 0
    )
