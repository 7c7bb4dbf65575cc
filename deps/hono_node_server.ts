export { serve } from "npm:@hono/node-server@2.1.9";
