//! The plus slice of a body (`smpl-front-end.md` section 5).

use c_syntax::Diagnostic;

use crate::ast::BodyKind;
use crate::body::{Side, Slice, parse_slice};
use crate::lexer::{BodyCtx, LexedBody, LineMark};

/// Reads what the code becomes. A context that disappears with removed code leaves things that are no whole body: dots beside dots,
/// commas beside dots; those are read as they are.
pub(crate) fn read(
    ctx: &BodyCtx<'_>,
    body: &LexedBody,
    forced: Option<BodyKind>,
    minus: &Slice,
) -> Result<Slice, Vec<Diagnostic>> {
    let slice: Vec<usize> = body
        .toks
        .iter()
        .enumerate()
        .filter(|(_, t)| t.mark != LineMark::Minus && t.added.is_none())
        .map(|(i, _)| i)
        .collect();
    let forced = forced.or(match minus.kind {
        BodyKind::Initialiser => Some(BodyKind::Initialiser),
        _ => None,
    });
    match parse_slice(ctx, &body.toks, &slice, Side::Plus, forced) {
        Ok(s) => Ok(s),
        Err(errors) => match (forced, minus.kind) {
            (Some(_), BodyKind::Initialiser) => {
                parse_slice(ctx, &body.toks, &slice, Side::Plus, None).map_err(|_| errors)
            }
            _ => Err(errors),
        },
    }
}
