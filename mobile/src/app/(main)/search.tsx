import { KeyboardScreen } from "../../chat/keyboard-screen.tsx";
import { Search } from "../../chat/search.tsx";

export default function SearchScreen() {
  return (
    <KeyboardScreen title="Search">
      <Search />
    </KeyboardScreen>
  );
}
