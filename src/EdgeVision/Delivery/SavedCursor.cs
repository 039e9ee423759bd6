namespace EdgeVision.Delivery;

/// <summary>Of a cursor, what is kept on disk.</summary>
/// <param name="Position">Everything up to and including is delivered.</param>
/// <param name="Note">What is delivered beyond it, in the cursor's own words; empty when nothing is.</param>
internal readonly record struct SavedCursor(long Position, string Note);
