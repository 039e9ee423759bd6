using EdgeVision.Events;

namespace EdgeVision.Delivery;

/// <summary>Events that are gone although not every sink had them.</summary>
/// <param name="Count">Known to be gone.</param>
/// <param name="From">Lowest sequence among them; 0 when they never had one.</param>
/// <param name="To">Highest sequence among them; those of other families in between are still there.</param>
/// <param name="Family">Null when it is not known.</param>
public sealed record EventLoss(long Count, long From, long To, EventFamily? Family);
