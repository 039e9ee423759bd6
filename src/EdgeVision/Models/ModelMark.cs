namespace EdgeVision.Models;

/// <summary>Why a model in the store must stay there.</summary>
public enum ModelMark
{
    /// <summary>Cameras look with it.</summary>
    InUse,

    /// <summary>Has proved itself: what a node goes back to.</summary>
    LastGood,

    /// <summary>On its way to be used.</summary>
    Candidate,
}
