namespace EdgeVision.Models;

/// <summary>What still has to be done to a head's class scores.</summary>
public enum ScoreActivation
{
    /// <summary>Nothing: they are 0..1.</summary>
    None,

    /// <summary>Each is a logit of its own.</summary>
    Sigmoid,

    /// <summary>The logits of a row share one probability; the last is that of "no object".</summary>
    Softmax,
}
