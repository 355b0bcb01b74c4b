//! Pieces to edits: only what differs from the source.

use super::piece::{Kind, Piece};
use crate::edit::Edit;

/// The edits that turn the source of the pieces into their present text; with `notes` each says what of it matches ask for.
pub(super) fn edits(pieces: &[Piece<'_>], file: &[u8], notes: bool) -> Vec<Edit> {
    let mut out: Vec<Edit> = Vec::new();
    let mut at = pieces.iter().find(|p| !p.added).map_or(0, |p| p.start());
    // The edit that goes on, and what comes in it.
    let mut open: Option<Edit> = None;
    let mut text: Vec<u8> = Vec::new();
    for p in pieces {
        if p.kept() && p.text.is_none_or(|t| t == p.source_bytes(file)) {
            if let Some(edit) = open.take() {
                out.extend(real(edit, &text, file));
                text.clear();
            }
            at = p.end();
            continue;
        }
        if p.added && p.gone {
            continue;
        }
        let edit = open.get_or_insert_with(|| Edit::new(at..at, Vec::new()));
        if notes {
            note(edit, p, file, text.len());
        }
        if !p.gone {
            text.extend_from_slice(p.bytes(file));
        }
        if !p.added {
            edit.range.end = p.end();
            at = p.end();
        }
    }
    out.extend(open.and_then(|e| real(e, &text, file)));
    out
}

/// Notes what a piece that is removed, or added behind so many bytes, says of the edit.
fn note(edit: &mut Edit, piece: &Piece<'_>, file: &[u8], start: usize) {
    let asked = edit.asked.get_or_insert_default();
    if piece.gone && piece.is_code() {
        asked.removed.push(piece.start()..piece.end());
    } else if piece.added && (piece.is_code() || piece.kind == Kind::Comment) {
        asked.added.push(start..start + piece.bytes(file).len());
    }
}

/// The edit in which a text comes, without what that has in common with the source at its ends; nothing if it changes nothing.
pub(super) fn real(mut edit: Edit, text: &[u8], file: &[u8]) -> Option<Edit> {
    let old = &file[edit.range.clone()];
    if old == text {
        return None;
    }
    let front = old.iter().zip(text).take_while(|(a, b)| a == b).count();
    let most = old.len().min(text.len()) - front;
    let back = old.iter().rev().zip(text.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    edit.text = text[front..text.len() - back].to_vec();
    edit.range = edit.range.start + front..edit.range.end - back;
    if let Some(asked) = &mut edit.asked {
        asked.same = (front, back);
    }
    Some(edit)
}
