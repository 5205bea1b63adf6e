/** One file each: the package's index would bring all of its icons into the app. */
export { default as ArrowLeft } from "lucide-react-native/icons/arrow-left";
export { default as ArrowUp } from "lucide-react-native/icons/arrow-up";
export { default as Clock } from "lucide-react-native/icons/clock";
export { default as ImagePlus } from "lucide-react-native/icons/image-plus";
export { default as MessageCircle } from "lucide-react-native/icons/message-circle";
export { default as Pencil } from "lucide-react-native/icons/pencil";
export { default as Plus } from "lucide-react-native/icons/plus";
export { default as RotateCcw } from "lucide-react-native/icons/rotate-ccw";
export { default as Search } from "lucide-react-native/icons/search";
export { default as Settings } from "lucide-react-native/icons/settings";
export { default as Square } from "lucide-react-native/icons/square";
export { default as Trash } from "lucide-react-native/icons/trash";
export { default as X } from "lucide-react-native/icons/x";
