import { useEffect, useState } from "react";
import { Image, Modal, Pressable, StyleSheet, View } from "react-native";
import { pictureUri } from "../pictures/picture-uri";
import { useServices } from "../services-context.tsx";
import { RADIUS } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { useChat } from "./chat-context.tsx";
import { useMedia } from "./queries.ts";

/** A picture that the platform has: small, and large when it is pressed. */
export function SentPicture({ mediaId }: { mediaId: string }) {
  const { serverUrl } = useServices();
  const { data } = useMedia(mediaId);
  const { colors } = useTheme();
  const [open, setOpen] = useState(false);
  const urlOf = (path: string) => new URL(path, serverUrl).href;
  const size = data?.width && data.height ? fit(data.width, data.height) : fit(4, 3);
  return (
    <>
      <Pressable
        role="button"
        aria-label="Show the picture"
        testID="message-picture"
        onPress={() => setOpen(true)}
        style={[styles.frame, size, { backgroundColor: colors.hover, borderColor: colors.border }]}
      >
        {data && (
          <Image
            source={{ uri: urlOf(data.thumbnail_url ?? data.url) }}
            alt="A picture that was sent"
            style={styles.fill}
          />
        )}
      </Pressable>
      <Modal visible={open} transparent animationType="fade" onRequestClose={() => setOpen(false)}>
        <Pressable
          role="button"
          aria-label="Close the picture"
          onPress={() => setOpen(false)}
          style={[styles.overlay, { backgroundColor: colors.overlay }]}
        >
          {data && (
            <Image source={{ uri: urlOf(data.url) }} alt="" resizeMode="contain" style={styles.fill} />
          )}
        </Pressable>
      </Modal>
    </>
  );
}

/** A picture of the outbox, from this device. */
export function PendingPicture({ id, contentType }: { id: string; contentType: string }) {
  const { outbox } = useChat();
  const { colors } = useTheme();
  const [uri, setUri] = useState<string>();

  useEffect(() => {
    let release = () => {};
    let gone = false;
    void outbox.picture(id).then((bytes) => {
      if (!bytes || gone) return;
      const shown = pictureUri(bytes, contentType);
      release = shown.release;
      setUri(shown.uri);
    });
    return () => {
      gone = true;
      release();
    };
  }, [outbox, id, contentType]);

  return (
    <View style={[styles.frame, fit(4, 3), { backgroundColor: colors.hover, borderColor: colors.border }]}>
      {uri && <Image source={{ uri }} alt="A picture to be sent" style={[styles.fill, styles.faded]} />}
    </View>
  );
}

const LONGEST = 240;

/** @returns the size with the same proportions whose longer side is LONGEST, but no sliver */
function fit(width: number, height: number): { width: number; height: number } {
  const scale = LONGEST / Math.max(width, height);
  return { width: Math.max(width * scale, 80), height: Math.max(height * scale, 80) };
}

const styles = StyleSheet.create({
  frame: { borderRadius: RADIUS.m, borderWidth: 1, overflow: "hidden" },
  fill: { width: "100%", height: "100%" },
  faded: { opacity: 0.7 },
  overlay: { flex: 1, padding: 16 },
});
