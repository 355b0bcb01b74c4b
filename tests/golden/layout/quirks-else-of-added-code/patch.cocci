@@ @@
 start();
+for (;;) if (ready()) go(1); else wait(2, 3);
