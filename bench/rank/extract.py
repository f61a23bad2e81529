"""
Reads the public TikTok set of HKUDS/DiffMM (Datasets/tiktok) from a clone and writes it as `npm run bench -- rank`
takes it: `python3 extract.py CLONE FOLDER`. Needs numpy and scipy. The pickles are data and not code: nothing but
matrices is unpickled. For each of trn, val, tst: NAME.ptr and NAME.idx, a CSR matrix of int32, little-endian.
"""
import io, os, pickle, subprocess, sys
import numpy as np, scipy.sparse as sp

allowed = {(m, c) for m in ('scipy.sparse.coo', 'scipy.sparse._coo') for c in ('coo_matrix',)}
allowed |= {(m, c) for m in ('scipy.sparse.csr', 'scipy.sparse._csr') for c in ('csr_matrix',)}
allowed |= {('numpy.core.multiarray', '_reconstruct'), ('numpy.core.multiarray', 'scalar'), ('numpy', 'ndarray'), ('numpy', 'dtype')}


class Matrices(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in allowed:
            raise Exception(f'not a matrix: {module}.{name}')
        return super().find_class(module.replace('numpy.core', 'numpy._core'), name)


clone, folder = sys.argv[1:3]
os.makedirs(folder, exist_ok=True)
for part in ['trn', 'val', 'tst']:
    raw = subprocess.check_output(['git', '-C', clone, 'show', f'HEAD:Datasets/tiktok/{part}Mat.pkl'])
    matrix = sp.csr_matrix((Matrices(io.BytesIO(raw)).load() != 0).astype(np.float32))
    matrix.sum_duplicates()
    matrix.sort_indices()
    matrix.indptr.astype('<i4').tofile(f'{folder}/{part}.ptr')
    matrix.indices.astype('<i4').tofile(f'{folder}/{part}.idx')
    print(part, matrix.shape, matrix.nnz)
