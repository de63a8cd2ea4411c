"""The shapes that come in: parsed, in range, with the field's path in every refusal."""
