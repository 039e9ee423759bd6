namespace EdgeVision.Models;

/// <summary>What a store has given up for room.</summary>
/// <param name="Removed">Longest unused first.</param>
/// <param name="Bytes">Of the added models that are left.</param>
/// <param name="Fits">False when what is left must stay and is still more than was allowed.</param>
public sealed record StoreCollection(IReadOnlyList<StoredModel> Removed, long Bytes, bool Fits);
