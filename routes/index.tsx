import { page } from "./$index.ts";

export default page(() => <h1>Kredo</h1>);
