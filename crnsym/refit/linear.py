"""Dense linear algebra for a handful of species inside compiled loops: LU factors and solutions, in place."""

from ..files.compiled import njit


@njit(cache=True, error_model="numpy")
def factorise(a, pivots):
    """LU factors of ``a`` in place with partial pivoting; False if singular or not finite."""
    n = a.shape[0]
    # Gauss: the largest of a column becomes the pivot; 1e300 and what is no number end it, as a singular matrix does.
    for k in range(n):
        p, largest = k, abs(a[k, k])
        for i in range(k + 1, n):
            if abs(a[i, k]) > largest:
                p, largest = i, abs(a[i, k])
        pivots[k] = p
        if not (largest > 1e-300 and largest < 1e300):
            return False
        if p != k:
            for j in range(n):
                a[k, j], a[p, j] = a[p, j], a[k, j]
        inverse = 1.0 / a[k, k]
        for i in range(k + 1, n):
            a[i, k] *= inverse
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return True


@njit(cache=True, error_model="numpy")
def solve(a, pivots, b):
    """Solve with the factors of `factorise`; ``b`` is a matrix of right sides, overwritten."""
    n, m = b.shape
    # The exchanges, then L downwards and U upwards; columns innermost, where they lie side by side.
    for k in range(n):
        p = pivots[k]
        if p != k:
            for c in range(m):
                b[k, c], b[p, c] = b[p, c], b[k, c]
    for i in range(n):
        for k in range(i):
            f = a[i, k]
            if f != 0.0:
                for c in range(m):
                    b[i, c] -= f * b[k, c]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            f = a[i, k]
            if f != 0.0:
                for c in range(m):
                    b[i, c] -= f * b[k, c]
        f = 1.0 / a[i, i]
        for c in range(m):
            b[i, c] *= f
