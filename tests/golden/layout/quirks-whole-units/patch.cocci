@@ expression list args; @@
-log(args)
+log_with_device(args, current_device, LEVEL_INFO)
